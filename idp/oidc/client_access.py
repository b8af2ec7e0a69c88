"""Which client an access token speaks for, at a resource where clients act for themselves (RFC 9068 4).

A token is for one resource: its scope chose the audience when it was issued. So a token for userinfo opens nothing at another
resource, and the reverse, and what one resource was shown can be used at no other (RFC 9700 2.3).
"""

from dataclasses import dataclass

from idp.oidc.access_tokens import AccessTokens
from idp.oidc.jose import BadToken
from idp.registry.client import Client
from idp.registry.clients import Clients
from idp.store.database import Database
from idp.web.bearer import BearerRefused

RESOURCES = {"scim": "/scim/v2"}
"""The path, below the issuer, of the resource that each of these scopes opens: its tokens' `aud`."""


def audience(issuer: str, scope: tuple[str, ...]) -> str:
    """Return `aud` of a token for a client acting for itself: the resource that its scope opens, else the issuer."""
    return next((issuer + RESOURCES[word] for word in scope if word in RESOURCES), issuer)


@dataclass(frozen=True)
class ClientAccess:
    """The check in front of one resource. One signature and one read by key."""

    access_tokens: AccessTokens
    clients: Clients
    database: Database
    issuer: str
    scope: str

    def __call__(self, authorization: str) -> Client:
        """Return the client behind the Authorization header's value. Raises BearerRefused, StoreUnavailable."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise BearerRefused(401)
        try:
            presented = self.access_tokens.find(token.strip())
        except BadToken as error:
            raise _invalid() from error
        client = self.clients.get(presented.client_id)
        # A person's token names the person as `sub`, a client's own the client.
        if client is None or presented.grant_id or presented.sub != client.client_id:
            raise _invalid()
        if presented.audience != self.issuer + RESOURCES[self.scope]:
            raise _invalid()
        if self.scope not in presented.scope or self.scope not in client.scope:
            raise BearerRefused(403, "insufficient_scope", f"the token lacks the scope {self.scope}")
        with self.database.reading() as connection:
            if not self.access_tokens.is_live(connection, presented):
                raise _invalid()
        return client


def _invalid() -> BearerRefused:
    return BearerRefused(401, "invalid_token", "the token is not valid here, or its client is disabled")
