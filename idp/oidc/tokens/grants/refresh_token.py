"""Grant type refresh_token (RFC 6749 6): each use spends the token and gives its successor (RFC 9700 4.14.2)."""

from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import grants

from idp.grants.refresh_token import RefreshToken
from idp.oidc.clients.client_request import EngineClient
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.tokens.grants.grant_type import GrantType
from idp.oidc.tokens.rotate_refresh_token import Presented


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """A refresh token as the engine asks about it."""

    presented: Presented

    def check_client(self, client: EngineClient) -> bool:
        """Whether the token is this client's; the look-up gave no other."""
        return self.presented.grant.client_id == client.client.client_id

    def get_scope(self) -> str:
        """Return the scope that was granted at first."""
        return " ".join(self.presented.grant.terms.scope)


class RefreshTokenGrant(GrantType, grants.RefreshTokenGrant):  # type: ignore[misc]
    """Checks first, then spends: a scope that is too wide leaves the token good."""

    def authenticate_refresh_token(self, refresh_token: str) -> PresentedToken | None:
        """Return the token if it is the newest of a live family of this client."""
        token = RefreshToken.parse(refresh_token)
        if token is None:
            return None
        found = self.server.rotate_refresh_token.find(
            token, self.request.registered, self.request.visitor, self.request.jkt
        )
        return None if found is None else PresentedToken(found)

    def authenticate_user(self, refresh_token: PresentedToken) -> RefreshToken:
        """Spend the token; its successor stands for the right to go on."""
        terms = refresh_token.presented.grant.terms
        self.server.issuer.check_request(self.request.registered, self.request.parameters, terms)
        successor = self.server.rotate_refresh_token.use(
            refresh_token.presented, self.request.registered, self.request.visitor, self.request.jkt
        )
        if successor is None:
            raise ProtocolError(Code.INVALID_GRANT, "the refresh token was used before")
        return successor

    def issue_token(self, user: RefreshToken, refresh_token: PresentedToken) -> dict[str, Any]:
        """Make the token response; its ID Token keeps the first auth_time and has no nonce (OIDC Core 12.2)."""
        granted = refresh_token.presented.grant.terms.scope
        wanted = self.request.parameters.get("scope", "").split()
        scope = tuple(word for word in granted if word in wanted) if wanted else granted
        return self.server.issuer.for_person(
            self.request.registered,
            refresh_token.presented.grant,
            refresh_token.presented.person,
            scope,
            self.request,
            refresh_token=user,
        )

    def revoke_old_credential(self, refresh_token: object) -> None:
        """Nothing is left to revoke: the rotation did it."""
