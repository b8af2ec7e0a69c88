"""Bytes as text, in the way of every JWT."""

from base64 import urlsafe_b64decode, urlsafe_b64encode


def base64url(data: bytes) -> str:
    """Return base64url without padding (RFC 7515 2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Return what `base64url` was given. Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
