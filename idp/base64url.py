"""Bytes as text that stands in an address, a cookie or a token as it is."""

from base64 import urlsafe_b64encode


def base64url(data: bytes) -> str:
    """Return base64url without padding (RFC 4648 5, RFC 7515 2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()
