"""A client that proves its key: DPoP proofs as a client makes them (RFC 9449 4.2), and as it must not."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from werkzeug.test import TestResponse

from tests.protocol.provider import REDIRECT_URI, VERIFIER, Provider, RelyingParty, answer_of

LEFT_OUT = object()
"""A claim or header parameter of this value is not there."""


def encoded(value: object) -> str:
    """Return the base64url of JSON."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def hash_of(text: str) -> str:
    """Return the base64url of the SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True, repr=False)
class ProofKey:
    """A key of a client, and the algorithm that it signs with."""

    key: Key = field(default_factory=lambda: ECKey.generate_key("P-256"))
    alg: str = "ES256"

    @classmethod
    def rsa(cls, bits: int = 2048, alg: str = "PS256") -> "ProofKey":
        """Return an RSA key."""
        return cls(RSAKey.generate_key(bits), alg)

    @classmethod
    def ed25519(cls, alg: str = "EdDSA") -> "ProofKey":
        """Return an Ed25519 key."""
        return cls(OKPKey.generate_key("Ed25519"), alg)

    @property
    def jkt(self) -> str:
        """The thumbprint."""
        return self.key.thumbprint()

    def proof(
        self,
        provider: Provider,
        path: str = "/token",
        method: str = "POST",
        *,
        token: str = "",
        header: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """Return a proof for one request to the provider; a change of LEFT_OUT leaves a member out."""
        said: dict[str, Any] = {
            "jti": secrets.token_urlsafe(12),
            "htm": method,
            "htu": provider.issuer + path,
            "iat": provider.clock.now(),
        }
        if token:
            said["ath"] = hash_of(token)
        shown = {"typ": "dpop+jwt", "alg": self.alg, "jwk": self.key.as_dict(private=False)}
        return self.sign(_changed(shown, header or {}), _changed(said, claims))

    def sign(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Sign whatever it is with this key, under its own algorithm, whatever the header says."""
        to_sign = f"{encoded(header)}.{encoded(claims)}"
        alg = "Ed25519" if self.alg == "EdDSA" else self.alg
        algorithm = jws.JWSRegistry(algorithms=[alg]).get_alg(alg)
        signature = algorithm.sign(to_sign.encode(), self.key)
        return f"{to_sign}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"

    def redeem(self, provider: Provider, rp: RelyingParty, code: str, proof: str | None = None) -> TestResponse:
        """Redeem a code with a proof of this key."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
        }
        return self.ask(provider, rp, form, proof)

    def refresh(self, provider: Provider, rp: RelyingParty, token: str, proof: str | None = None) -> TestResponse:
        """Use a refresh token with a proof of this key."""
        return self.ask(provider, rp, {"grant_type": "refresh_token", "refresh_token": token}, proof)

    def ask(self, provider: Provider, rp: RelyingParty, form: dict[str, str], proof: str | None = None) -> TestResponse:
        """Post to the token endpoint with a proof of this key."""
        headers = {"DPoP": self.proof(provider) if proof is None else proof}
        if rp.client_secret is None:
            return provider.token(form | {"client_id": rp.client_id}, headers)
        return provider.token(form, headers | rp.basic)

    def userinfo(self, provider: Provider, token: str, proof: str | None = None) -> TestResponse:
        """Ask userinfo with a proof of this key."""
        proof = self.proof(provider, "/userinfo", "GET", token=token) if proof is None else proof
        return provider.browser().get("/userinfo", headers={"Authorization": f"DPoP {token}", "DPoP": proof})


def new_code(provider: Provider, rp: RelyingParty, **changes: str | None) -> str:
    """Return a code of a new sign-in."""
    person = provider.people[0] if provider.people else provider.person()
    answer = provider.authorize(provider.sign_in(person), rp.request(**changes))
    assert answer.status_code == 303, answer.text
    return answer_of(answer)["code"]


def _changed(members: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**members, **changes}.items() if value is not LEFT_OUT}
