"""Validation of an ID Token (OpenID Connect Core 1.0, 3.1.3.7 and 12.2)."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from clients.rp_kit.base64url import base64url
from clients.rp_kit.jose import SignedClaims, TokenRefused, seconds, text

TYPES = (None, "jwt")
"""What `typ` an ID Token may have; `at+jwt` and `logout+jwt` are other things."""


@dataclass(frozen=True)
class Expected:
    """What this relying party knows about the ID Token that it asked for."""

    issuer: str
    client_id: str
    access_token: str
    """The access token that came with it; `at_hash` must fit."""
    requires_at_hash: bool = True
    nonce: str | None = None
    """The nonce that was sent; None at a refresh, where none was."""
    max_age: int | None = None
    acr_values: tuple[str, ...] = ()
    """Levels of which the sign-in must have reached one; empty asks nothing."""
    subject: str | None = None
    """At a refresh: the person the session belongs to."""


def check_id_token(token: SignedClaims, expected: Expected, *, now: int, leeway: int, ahead: int) -> dict[str, Any]:
    """Return the claims when all hold; raises TokenRefused at the first that does not. Times in seconds."""
    claims = token.claims
    if claims.get("iss") != expected.issuer:
        raise TokenRefused("iss", "another issuer")
    check_audience(claims, expected.client_id)
    if seconds(claims, "exp") <= now - leeway:
        raise TokenRefused("exp", "expired")
    if seconds(claims, "iat") > now + ahead:
        raise TokenRefused("iat", "issued in the future")
    if not text(claims, "sub").isascii():
        raise TokenRefused("sub", "not ASCII")
    if expected.subject is not None and claims["sub"] != expected.subject:
        raise TokenRefused("sub", "another person")
    _check_nonce(claims.get("nonce"), expected.nonce)
    if expected.requires_at_hash or "at_hash" in claims:
        _check_at_hash(claims.get("at_hash"), expected.access_token, token.alg)
    if expected.max_age is not None and now - seconds(claims, "auth_time") > expected.max_age + leeway:
        raise TokenRefused("auth_time", "signed in too long ago")
    if expected.acr_values and claims.get("acr") not in expected.acr_values:
        raise TokenRefused("acr", "a lower level than asked")
    return claims


def check_audience(claims: dict[str, Any], client_id: str) -> None:
    """Demand that the token is for this client and for nobody else besides. Raises TokenRefused."""
    audience = claims.get("aud")
    if audience != client_id and audience != [client_id]:
        raise TokenRefused("aud", "not for this client alone")
    if claims.get("azp", client_id) != client_id:
        raise TokenRefused("azp", "issued to another client")


def _check_nonce(nonce: object, sent: str | None) -> None:
    if sent is None:
        return
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), sent.encode()):
        raise TokenRefused("nonce", "not the one sent with this sign-in")


def _check_at_hash(at_hash: object, access_token: str, alg: str) -> None:
    # Core 3.1.3.6: the left half of the hash that the signature's algorithm uses.
    bits = alg[-3:] if alg[-3:] in ("256", "384", "512") else "512"
    digest = hashlib.new(f"sha{bits}", access_token.encode()).digest()
    half = base64url(digest[: len(digest) // 2])
    if not isinstance(at_hash, str) or not hmac.compare_digest(at_hash.encode(), half.encode()):
        raise TokenRefused("at_hash", "does not fit the access token")
