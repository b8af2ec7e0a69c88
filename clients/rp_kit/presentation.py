"""How access tokens are asked for and shown: as bearer tokens (RFC 6750), or bound to a key of ours (DPoP, RFC 9449)."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from joserfc import jwt
from joserfc.jwk import ECKey

from clients.rp_kit.base64url import base64url
from clients.rp_kit.fetch import Answer
from clients.rp_kit.settings import origin

ALGORITHM = "ES256"


class Presentation(Protocol):
    """What goes with a request."""

    @property
    def token_type(self) -> str:
        """`token_type` that the token endpoint must answer, in lower case."""

    def headers(self, method: str, url: str, access_token: str = "") -> dict[str, str]:
        """Return the headers of a request to the token endpoint, or of one that shows `access_token`."""

    def is_to_repeat(self, url: str, answer: Answer) -> bool:
        """Whether the answer asks for the same request once more, with other headers."""


@dataclass(frozen=True)
class Bearer:
    """Whoever holds the token may use it."""

    token_type: str = "bearer"  # noqa: S105 - a type of tokens

    def headers(self, method: str, url: str, access_token: str = "") -> dict[str, str]:
        """Return the Authorization header, if there is a token."""
        del method, url
        return {"Authorization": f"Bearer {access_token}"} if access_token else {}

    def is_to_repeat(self, url: str, answer: Answer) -> bool:
        """Never."""
        del url, answer
        return False


@dataclass(frozen=True)
class Dpop:
    """Whoever holds the token and our key may use it. The key is this process's: a token of the one before is asked for anew.

    Refresh tokens of a client that authenticates are bound to that, not to the key (RFC 9449 5), so they outlive it.
    """

    now: Callable[[], int]
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"), repr=False)
    nonces: dict[str, str] = field(default_factory=dict)
    """The newest nonce of each origin (RFC 9449 8.2)."""
    token_type: str = "dpop"  # noqa: S105 - a type of tokens

    def headers(self, method: str, url: str, access_token: str = "") -> dict[str, str]:
        """Return a new proof for this one request, and the Authorization header, if there is a token."""
        claims = {
            "htm": method,
            "htu": url.partition("?")[0],
            "iat": self.now(),
            "jti": secrets.token_urlsafe(16),
        }
        if nonce := self.nonces.get(origin(url)):
            claims["nonce"] = nonce
        if access_token:
            claims["ath"] = base64url(hashlib.sha256(access_token.encode()).digest())
        header = {"typ": "dpop+jwt", "alg": ALGORITHM, "jwk": self.key.as_dict(private=False)}
        proof = jwt.encode(header, claims, self.key, algorithms=[ALGORITHM])
        return {"DPoP": proof} | ({"Authorization": f"DPoP {access_token}"} if access_token else {})

    def is_to_repeat(self, url: str, answer: Answer) -> bool:
        """Keep the answer's nonce; tell whether it was refused for the lack of it (RFC 9449 8 and 9)."""
        if answer.nonce:
            self.nonces[origin(url)] = answer.nonce
        wants = answer.body.get("error") == "use_dpop_nonce" or 'error="use_dpop_nonce"' in answer.challenge
        return bool(answer.nonce) and answer.status in (400, 401) and wants
