"""Validation of a Logout Token (OpenID Connect Back-Channel Logout 1.0, 2.6)."""

from dataclasses import dataclass

from clients.rp_kit.id_token import check_audience
from clients.rp_kit.jose import SignedClaims, TokenRefused, seconds, text

TYPES = ("logout+jwt",)
"""Demanded, though the standard only recommends it: an ID Token must never pass for a Logout Token."""

_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True)
class LogoutRequest:
    """Whom the provider signed out: one session (`sid`), or every session of a person (`subject` alone)."""

    jti: str
    subject: str | None
    sid: str | None
    forget_at: int
    """When the `jti` need no longer be remembered, because the token would be refused as expired."""


def check_logout_token(
    token: SignedClaims, *, issuer: str, client_id: str, now: int, leeway: int, ahead: int
) -> LogoutRequest:
    """Return what the token asks for; raises TokenRefused at the first claim that does not hold. Times in seconds."""
    claims = token.claims
    if claims.get("iss") != issuer:
        raise TokenRefused("iss", "another issuer")
    check_audience(claims, client_id)
    expires_at = seconds(claims, "exp")
    if expires_at <= now - leeway:
        raise TokenRefused("exp", "expired")
    if seconds(claims, "iat") > now + ahead:
        raise TokenRefused("iat", "issued in the future")
    if "nonce" in claims:
        raise TokenRefused("nonce", "a logout token has none")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(_EVENT), dict):
        raise TokenRefused("events", "not a back-channel logout")
    subject = text(claims, "sub") if "sub" in claims else None
    sid = text(claims, "sid") if "sid" in claims else None
    if subject is None and sid is None:
        raise TokenRefused("sid", "neither a session nor a person is named")
    return LogoutRequest(text(claims, "jti"), subject, sid, expires_at + leeway)
