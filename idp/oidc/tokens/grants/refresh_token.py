"""Grant type refresh_token (RFC 6749 6): each use spends the token and gives its successor (RFC 9700 4.14.2)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import grants

from idp.grants.refresh_token import RefreshToken
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.tokens.rotate_refresh_token import Presented
from idp.registry.metadata import AUTH_METHODS

if TYPE_CHECKING:
    from idp.oidc.tokens.endpoint import TokenEngine
    from idp.oidc.tokens.engine import EngineClient, TokenRequest


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """A refresh token as the engine asks about it."""

    presented: Presented

    def check_client(self, client: "EngineClient") -> bool:
        """Whether the token is this client's; the look-up gave no other."""
        return self.presented.grant.client_id == client.client.client_id

    def get_scope(self) -> str:
        """Return the scope that was granted at first."""
        return " ".join(self.presented.grant.terms.scope)


class RefreshTokenGrant(grants.RefreshTokenGrant):  # type: ignore[misc]
    """Checks first, then spends: a scope that is too wide leaves the token good."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    server: "TokenEngine"
    request: "TokenRequest"

    def authenticate_refresh_token(self, refresh_token: str) -> PresentedToken | None:
        """Return the token if it is the newest of a live family of this client."""
        client: EngineClient = self.request.client
        token = RefreshToken.parse(refresh_token)
        if token is None:
            return None
        found = self.server.rotate_refresh_token.find(token, client.client, self.request.visitor, self.request.jkt)
        return None if found is None else PresentedToken(found)

    def authenticate_user(self, refresh_token: PresentedToken) -> RefreshToken:
        """Spend the token; its successor stands for the right to go on."""
        client: EngineClient = self.request.client
        terms = refresh_token.presented.grant.terms
        self.server.issuer.check_request(client.client, self.request.parameters, terms)
        successor = self.server.rotate_refresh_token.use(
            refresh_token.presented, client.client, self.request.visitor, self.request.jkt
        )
        if successor is None:
            raise ProtocolError(Code.INVALID_GRANT, "the refresh token was used before")
        return successor

    def issue_token(self, user: RefreshToken, refresh_token: PresentedToken) -> dict[str, Any]:
        """Make the token response; its ID Token keeps the first auth_time and has no nonce (OIDC Core 12.2)."""
        client: EngineClient = self.request.client
        granted = refresh_token.presented.grant.terms.scope
        wanted = self.request.parameters.get("scope", "").split()
        scope = tuple(word for word in granted if word in wanted) if wanted else granted
        return self.server.issuer.for_person(
            client.client,
            refresh_token.presented.grant,
            refresh_token.presented.person,
            scope,
            self.request,
            refresh_token=user,
        )

    def save_token(self, token: object) -> None:
        """Nothing is left to save: the rotation did it."""

    def revoke_old_credential(self, refresh_token: object) -> None:
        """Nothing is left to revoke: the rotation did it."""
