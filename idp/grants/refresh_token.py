"""Refresh tokens: opaque, `<family>.<secret>`, two random halves; only their SHA-256 is stored.

The first half names the family and stays, the second is spent by each use: a token whose family is known but whose secret
is not the newest has been used before (RFC 9700 4.14.2).
"""

import re
import secrets
from dataclasses import dataclass
from hashlib import sha256

_SHAPE = re.compile(r"([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """One refresh token in clear: never stored, never logged."""

    family: str
    secret: str

    @classmethod
    def first(cls) -> "RefreshToken":
        """Return the first token of a new family."""
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32))

    @classmethod
    def parse(cls, text: str) -> "RefreshToken | None":
        """Return the token that `text` is, or None when it cannot be one."""
        match = _SHAPE.fullmatch(text)
        return cls(match[1], match[2]) if match else None

    def successor(self) -> "RefreshToken":
        """Return a new token of the same family."""
        return RefreshToken(self.family, secrets.token_urlsafe(32))

    @property
    def text(self) -> str:
        """The token as the client gets it."""
        return f"{self.family}.{self.secret}"

    @property
    def family_hash(self) -> str:
        """What is stored of the first half."""
        return sha256(self.family.encode()).hexdigest()

    @property
    def secret_hash(self) -> str:
        """What is stored of the second half."""
        return sha256(self.secret.encode()).hexdigest()
