"""Grant type client_credentials (RFC 6749 4.4): a client acts for itself. No person, no refresh token, no row."""

from typing import Any

from authlib.oauth2.rfc6749 import grants

from idp.oidc.errors import Code, ProtocolError
from idp.oidc.tokens import resources
from idp.oidc.tokens.grants.grant_type import GrantType
from idp.registry.metadata import CLIENT_SCOPES, SCOPES

PERSONAL_SCOPES = frozenset(SCOPES).difference(CLIENT_SCOPES)
"""About a person, `mes` with what a module knows them by: never for a client alone."""


class ClientCredentialsGrant(GrantType, grants.ClientCredentialsGrant):  # type: ignore[misc]
    """Issues at once; the event on the trail is its only write."""

    def validate_requested_scope(self) -> None:
        """Refuse scopes about a person, and those the client is not registered for."""
        asked = self.request.parameters.get("scope", "").split()
        if PERSONAL_SCOPES.intersection(asked) or not self.request.registered.scope.issuperset(asked):
            raise ProtocolError(Code.INVALID_SCOPE, "a client alone may not have this scope")
        if len(set(asked)) > 1 and resources.OWN.keys() & set(asked):
            raise ProtocolError(Code.INVALID_SCOPE, "a token is for one resource: ask for this scope alone")

    def generate_token(self, **_: object) -> dict[str, Any]:
        """Make the token response."""
        asked = self.request.parameters.get("scope", "").split()
        return self.server.issuer.for_client(self.request.registered, tuple(dict.fromkeys(asked)), self.request)

    def save_token(self, _token: object) -> None:
        """Put the event on the trail; without it no token leaves."""
        self.server.record_client_token(self.request.registered, self.request.visitor)
