"""Validation of a JWT access token at the API that it was made for (RFC 9068 4)."""

from dataclasses import dataclass

from clients.rp_kit.jose import SignedClaims, TokenRefused, seconds, text

TYPES = ("at+jwt",)
"""An ID Token or a logout token must never pass for an access token (RFC 9068 4, RFC 8725 3.11)."""


@dataclass(frozen=True)
class Caller:
    """Who calls: a client, in the name of a person, who signed in so strongly, then."""

    subject: str
    client_id: str
    scope: frozenset[str]
    acr: str
    """Level of the person's sign-in; "" when the token does not say."""
    auth_time: int | None
    """When the person signed in, seconds since the epoch; None when the token does not say."""
    issued_at: int
    thumbprint: str
    """Of the key that the token is bound to (RFC 9449 6.1); "" for a bearer token."""

    def reaches(self, levels: tuple[str, ...]) -> bool:
        """Whether the sign-in was at one of these levels; none asked, any will do."""
        return not levels or self.acr in levels

    def signed_in_within(self, max_age: int | None, *, now: int, leeway: int) -> bool:
        """Whether the sign-in is no older than `max_age` seconds.

        The token's own `iat` is a time too: where our clock is behind the provider's, the sign-in is no younger for it.
        """
        if max_age is None:
            return True
        return self.auth_time is not None and max(now, self.issued_at) - self.auth_time <= max_age + leeway


def check_access_token(token: SignedClaims, *, issuer: str, resource: str, now: int, leeway: int, ahead: int) -> Caller:
    """Return who calls; raises TokenRefused at the first claim that does not hold. Times in seconds."""
    claims = token.claims
    if claims.get("iss") != issuer:
        raise TokenRefused("iss", "another issuer")
    audience = claims.get("aud")
    if resource not in (audience if isinstance(audience, list) else [audience]):
        raise TokenRefused("aud", "made for another resource")
    if seconds(claims, "exp") <= now - leeway:
        raise TokenRefused("exp", "expired")
    issued_at = seconds(claims, "iat")
    if issued_at > now + ahead:
        raise TokenRefused("iat", "issued in the future")
    text(claims, "jti")
    scope = claims.get("scope", "")
    if not isinstance(scope, str):
        raise TokenRefused("scope", "not a text")
    confirmation = claims.get("cnf", {})
    thumbprint = confirmation.get("jkt", "") if isinstance(confirmation, dict) else None
    # A token that is bound in a way we cannot check must not pass as one that is not bound.
    if not isinstance(thumbprint, str) or (confirmation and not thumbprint):
        raise TokenRefused("cnf", "bound in a way that is not known here")
    acr = claims.get("acr", "")
    return Caller(
        subject=text(claims, "sub"),
        client_id=text(claims, "client_id"),
        scope=frozenset(scope.split()),
        acr=acr if isinstance(acr, str) else "",
        auth_time=seconds(claims, "auth_time") if "auth_time" in claims else None,
        issued_at=issued_at,
        thumbprint=thumbprint,
    )
