"""What the suite signs and checks with keys of its own: assertions, proofs, request objects, and every token it is given.

Independent of the provider's own JOSE room: what it makes is read there, and what is made there is read here.
"""

import base64
import hashlib
import json
import secrets
import warnings
from typing import Any

from joserfc import jwk, jws, jwt
from joserfc.errors import SecurityWarning

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_LOOSE = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
Key = jwk.RSAKey | jwk.ECKey | jwk.OKPKey


def new_key(alg: str = "PS256", *, with_kid: bool = True) -> Key:
    """Return a new private key for an algorithm."""
    about: Any = {"use": "sig", "alg": alg} | ({"kid": secrets.token_hex(4)} if with_kid else {})
    if alg == "ES256":
        return jwk.ECKey.generate_key("P-256", about)
    if alg == "EdDSA":
        return jwk.OKPKey.generate_key("Ed25519", about)
    return jwk.RSAKey.generate_key(2048, about)


def public_set(*keys: Key) -> dict[str, Any]:
    """Return the public halves as a JWK set."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def signed(claims: dict[str, Any], key: Key, alg: str = "", **more: Any) -> str:
    """Return a JWT; a header member of None is left out, and claims of None are."""
    given: dict[str, Any] = {"alg": alg or key.as_dict().get("alg"), "kid": key.as_dict().get("kid"), **more}
    content = {name: value for name, value in claims.items() if value is not None}
    if alg and alg != key.as_dict().get("alg"):
        # The suite's keys say what they are for; here one is used for something else on purpose.
        plain: Any = {name: value for name, value in key.as_dict(private=True).items() if name != "alg"}
        key = type(key).import_key(plain)
    header = {name: value for name, value in given.items() if value is not None}
    with warnings.catch_warnings():
        # The library warns of the name EdDSA, which RFC 9864 replaces; the plans still use it.
        warnings.simplefilter("ignore", SecurityWarning)
        return jwt.encode(header, content, key, registry=_LOOSE)


def signed_with_secret(claims: dict[str, Any], secret: str) -> str:
    """Return a JWT with `alg` HS256."""
    return jwt.encode({"alg": "HS256"}, claims, jwk.OctKey.import_key(secret), ["HS256"])


def unsigned(claims: dict[str, Any]) -> str:
    """Return a JWT with `alg` none."""
    return ".".join(_encoded(json.dumps(part).encode()) for part in ({"alg": "none"}, claims)) + "."


def with_broken_signature(token: str) -> str:
    """Return the token with another signature of the same length."""
    head, _, signature = token.rpartition(".")
    raw = bytearray(base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)))
    raw[0] ^= 0x5A
    return f"{head}.{_encoded(bytes(raw))}"


def opened(token: str, keys: dict[str, Any], alg: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of a token that one of `keys`, found by its `kid`, signed with `alg`."""
    header = json.loads(_decoded(token.split(".", maxsplit=1)[0]))
    assert header["alg"] == alg, header
    [key] = [found for found in keys["keys"] if found.get("kid") == header["kid"]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        decoded = jwt.decode(token, jwk.import_key(key), algorithms=[alg])
    return dict(decoded.header), dict(decoded.claims)


def thumbprint(key: Key) -> str:
    """Return the JWK thumbprint (RFC 7638)."""
    return key.thumbprint()


def half_hash(value: str, alg: str) -> str:
    """Return what `at_hash` of a value is (OIDC Core 3.1.3.6)."""
    digest = hashlib.sha512 if alg == "EdDSA" else hashlib.sha256
    raw = digest(value.encode()).digest()
    return _encoded(raw[: len(raw) // 2])


def sha256(value: str) -> str:
    """Return the base64url of a SHA-256 (PKCE, `ath`)."""
    return _encoded(hashlib.sha256(value.encode()).digest())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
