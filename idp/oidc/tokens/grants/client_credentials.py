"""Grant type client_credentials (RFC 6749 4.4): a client acts for itself. No person, no refresh token, no row."""

from typing import Any

from authlib.oauth2.rfc6749 import grants

from idp.oidc.errors import Code, ProtocolError
from idp.oidc.tokens.grants.grant_type import GrantType
from idp.registry.metadata import CLIENT_SCOPES


class ClientCredentialsGrant(GrantType, grants.ClientCredentialsGrant):  # type: ignore[misc]
    """Issues at once; the event on the trail is its only write."""

    def validate_requested_scope(self) -> None:
        """Refuse scopes about a person (`mes` is one), and those the client is not registered for."""
        asked = self.request.parameters.get("scope", "").split()
        if not CLIENT_SCOPES.intersection(self.request.registered.scope).issuperset(asked):
            raise ProtocolError(Code.INVALID_SCOPE, "a client alone may not have this scope")

    def generate_token(self, **_: object) -> dict[str, Any]:
        """Make the token response."""
        asked = self.request.parameters.get("scope", "").split()
        return self.server.issuer.for_client(self.request.registered, tuple(dict.fromkeys(asked)), self.request)

    def save_token(self, _token: object) -> None:
        """Put the event on the trail; without it no token leaves."""
        self.server.record_client_token(self.request.registered, self.request.visitor)
