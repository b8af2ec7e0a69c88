"""How JWTs were forged against this and other libraries, each by the id under which it is known.

A forgery takes a good token apart and puts it together as an attacker can: it knows all public keys, and no secret.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.jwa import JWS_ALGORITHMS
from joserfc.jwk import ECKey, Key
from joserfc.util import urlsafe_b64encode

ATTACKER = ECKey.generate_key("P-256", {"kid": "attacker"})
_BY_NAME = {model.name: model for model in JWS_ALGORITHMS}


@dataclass(frozen=True)
class Good:
    """A token that is accepted as it is, and what signed it."""

    header: dict[str, Any]
    claims: dict[str, Any]
    key: Key

    @property
    def alg(self) -> str:
        """The algorithm."""
        return str(self.header["alg"])

    def signed(self, header: Mapping[str, Any] | None = None, payload: bytes | None = None) -> str:
        """Return it with another header or payload, properly signed: what a client that has the key could send."""
        head = urlsafe_b64encode(json.dumps(self.header | dict(header or {})).encode())
        body = urlsafe_b64encode(json.dumps(self.claims).encode() if payload is None else payload)
        signature = _BY_NAME[self.alg].sign(head + b"." + body, self.key)
        return b".".join((head, body, urlsafe_b64encode(signature))).decode()

    def saying(self, **claims: Any) -> str:
        """Return it with other claims, properly signed."""
        return self.signed(payload=json.dumps(self.claims | claims).encode())

    def parts(self) -> list[str]:
        """Return header, payload and signature."""
        return self.signed().split(".")


Forge = Callable[[Good], str]


def _unsigned(alg: str) -> Forge:
    def forge(good: Good) -> str:
        head = urlsafe_b64encode(json.dumps(good.header | {"alg": alg}).encode()).decode()
        return f"{head}.{good.parts()[1]}."

    return forge


def _renamed(alg: str) -> Forge:
    def forge(good: Good) -> str:
        head = urlsafe_b64encode(json.dumps(good.header | {"alg": alg}).encode()).decode()
        return ".".join((head, *good.parts()[1:]))

    return forge


def _by_hmac(secret: Callable[[Good], bytes], hash_name: str = "sha256") -> Forge:
    def forge(good: Good) -> str:
        header = good.header | {"alg": f"HS{hash_name[3:]}"}
        head = urlsafe_b64encode(json.dumps(header).encode())
        signed = head + b"." + good.parts()[1].encode()
        return (signed + b"." + urlsafe_b64encode(hmac.digest(secret(good), signed, hash_name))).decode()

    return forge


def _pem(good: Good) -> bytes:
    return good.key.as_pem(private=False) if hasattr(good.key, "as_pem") else b"no key"


def _jwk(good: Good) -> bytes:
    return json.dumps(good.key.as_dict(private=False)).encode() if hasattr(good.key, "as_pem") else b"{}"


def _by_attacker(**header: Any) -> Forge:
    def forge(good: Good) -> str:
        own = {"kid": "attacker", "alg": "ES256", **header}
        head = {name: value for name, value in (good.header | own).items() if value is not None}
        return Good(head, good.claims, ATTACKER).signed()

    return forge


def _unencoded(good: Good) -> str:
    head = urlsafe_b64encode(json.dumps(good.header | {"b64": False, "crit": ["b64"]}).encode())
    body = b'{"sub":"x"}'.replace(b".", b"")
    signature = _BY_NAME[good.alg].sign(head + b"." + body, good.key)
    return b".".join((head, body, urlsafe_b64encode(signature))).decode()


def _as_json(good: Good) -> str:
    head, body, signature = good.parts()
    return json.dumps({"protected": head, "payload": body, "signature": signature})


def _as_general_json(good: Good, *, with_signatures: bool) -> str:
    head, body, signature = good.parts()
    signatures = [{"protected": head, "signature": signature}] if with_signatures else []
    return json.dumps({"payload": body, "signatures": signatures})


def _encrypted(**header: str) -> Forge:
    def forge(good: Good) -> str:
        head = urlsafe_b64encode(json.dumps({**header, "kid": good.header.get("kid")}).encode()).decode()
        return f"{head}.AAAA.AAAAAAAAAAAAAAAA.{good.parts()[1]}.AAAAAAAAAAAAAAAAAAAAAA"

    return forge


def _twice(good: Good) -> str:
    text = json.dumps(good.claims)
    return good.signed(payload=(text[:-1] + ', "aud": ' + json.dumps(good.claims["aud"]) + "}").encode())


X5C = urlsafe_b64encode(b"certificate").decode()
PUBLIC = ATTACKER.as_dict(private=False)
FORGERIES: dict[str, Forge] = {
    **{
        f"CVE-2026-28802, CVE-2015-9235: alg {alg!r} without a signature": _unsigned(alg)
        for alg in ("none", "None", "NONE", "nOnE", "none ", "")
    },
    **{
        f"CVE-2026-28802: alg {alg!r} with the signature": _renamed(alg)
        for alg in ("none", "NoNe", "", "RS1", "ES256K")
    },
    "CVE-2024-37568: HMAC with the public PEM": _by_hmac(_pem),
    "CVE-2024-37568: HMAC with the public PEM without its last line break": _by_hmac(lambda good: _pem(good).strip()),
    "CVE-2026-114615: HMAC with the public PEM after a line break": _by_hmac(lambda good: b"\n" + _pem(good)),
    "CVE-2024-37568: HMAC with the public JWK": _by_hmac(_jwk),
    "CVE-2024-37568: HS512 with the public PEM": _by_hmac(_pem, "sha512"),
    "CVE-2026-114616, CVE-2026-49852: HMAC with an empty key": _by_hmac(lambda _good: b""),
    "CVE-2026-27962: the key in the header": _by_attacker(jwk=PUBLIC),
    "CVE-2026-27962: the key in the header, and no kid": _by_attacker(jwk=PUBLIC, kid=None),
    "CVE-2018-0114: the key in the header, under the right kid": lambda good: _by_attacker(
        jwk={**PUBLIC, "kid": good.header.get("kid", "x")}, kid=good.header.get("kid")
    )(good),
    "RFC 8725 3.10: keys at an address of the attacker's": _by_attacker(jku="https://evil.example/jwks"),
    "RFC 8725 3.10: a certificate in the header": _by_attacker(x5c=[X5C]),
    "RFC 8725 3.10: a kid that is a path": _by_attacker(kid="../../../../dev/null"),
    "RFC 8725 3.10: a kid that is SQL": _by_attacker(kid="x' UNION SELECT 'y"),
    "a kid that is no text": lambda good: good.signed({"kid": [good.header.get("kid", "x")]}),
    "CVE-2025-59420: crit with what nobody knows": lambda good: good.signed({"crit": ["x"], "x": 1}),
    "CVE-2025-59420: crit with what is not there": lambda good: good.signed({"crit": ["exp"]}),
    "CVE-2025-59420: an empty crit": lambda good: good.signed({"crit": []}),
    "CVE-2025-59420: crit that is no list": lambda good: good.signed({"crit": "x"}),
    "CVE-2026-48990, RFC 7797 7: b64 false": _unencoded,
    "RFC 7797 7: b64 true": lambda good: good.signed({"b64": True}),
    "CVE-2026-96760: JSON serialisation": _as_json,
    "CVE-2026-96760: general JSON serialisation": lambda good: _as_general_json(good, with_signatures=True),
    "CVE-2026-102946: no signatures at all": lambda good: _as_general_json(good, with_signatures=False),
    "CVE-2026-75509: an issuer in a list": lambda good: good.saying(iss=[good.claims["iss"]]),
    "CVE-2026-62995: an equals sign behind the signature": lambda good: good.signed() + "=",
    "CVE-2026-62995: an equals sign behind the payload": lambda good: "{}.{}=.{}".format(*good.parts()),
    "CVE-2026-62995: an equals sign behind the header": lambda good: "{}=.{}.{}".format(*good.parts()),
    "a line break behind the signature": lambda good: good.signed() + "\n",
    "a fourth part": lambda good: good.signed() + ".AAAA",
    "CVE-2022-21449: a signature of noughts": lambda good: ".".join((*good.parts()[:2], "A" * 86)),
    "a signature of another token": lambda good: ".".join((*good.parts()[:2], good.saying(x=1).split(".")[2])),
    "an empty signature": lambda good: ".".join((*good.parts()[:2], "")),
    "CVE-2026-28490: encrypted with RSA1_5": _encrypted(alg="RSA1_5", enc="A128CBC-HS256"),
    "CVE-2025-62706: encrypted and zipped": _encrypted(alg="dir", enc="A128GCM", zip="DEF"),
    "CVE-2026-27932: encrypted with a password": _encrypted(alg="PBES2-HS256+A128KW", enc="A128GCM"),
    "joserfc 1.8.0: exp is NaN": lambda good: good.saying(exp=float("nan")),
    "joserfc 1.8.0: exp is Infinity": lambda good: good.saying(exp=float("inf")),
    "joserfc 1.8.0: exp is true": lambda good: good.saying(exp=True),
    "joserfc 1.8.0: exp is a text": lambda good: good.saying(exp="99999999999"),
    "exp is a list": lambda good: good.saying(exp=[99_999_999_999]),
    "exp is larger than any number": lambda good: good.signed(
        payload=json.dumps(good.claims).replace(f'"exp": {good.claims["exp"]}', '"exp": 1e999').encode()
    ),
    "a member that is there twice": _twice,
    "claims in a list": lambda good: good.signed(payload=json.dumps([good.claims]).encode()),
    "claims that are no UTF-8": lambda good: good.signed(payload=b'{"iss": "\xff"}'),
    "claims in UTF-16": lambda good: good.signed(payload=json.dumps(good.claims).encode("utf-16")),
    "CVE-2025-61920: a header of 50 kB": lambda good: good.signed({"x": "x" * 50_000}),
    "CVE-2025-61920: a payload of 50 kB": lambda good: good.saying(x="x" * 50_000),
    "CVE-2025-61920, CVE-2026-119284: 50,000 dots": lambda good: good.signed() + "." * 50_000,
    "X5: brackets 5,000 deep": lambda good: good.signed(payload=b"[" * 5_000),
    "X5: brackets 5,000 deep in the header": lambda good: (
        urlsafe_b64encode(b"[" * 5_000).decode() + "." + ".".join(good.parts()[1:])
    ),
}
