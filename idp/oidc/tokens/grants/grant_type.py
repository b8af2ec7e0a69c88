"""What every grant type of ours shares: what it stands on, and that issuing leaves nothing to save."""

from typing import Any

from idp.grants.codes import AuthorizationCode
from idp.oidc.clients.client_request import ClientRequest
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.tokens.engine import TokenEngine
from idp.oidc.tokens.redeem_code import Redeemed
from idp.registry.metadata import AUTH_METHODS


class GrantType:
    """To be inherited before Authlib's own grant."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    GRANT_TYPE: str
    server: TokenEngine
    request: ClientRequest

    def save_token(self, token: object) -> None:
        """Nothing is left to save: the row was written when the code or refresh token was spent."""


class CodeGrantType(GrantType):
    """A grant type that redeems a code. Checks first, then spends: what is refused leaves the code good for its owner."""

    def redeemed(self, value: str, code: AuthorizationCode, refused: str) -> Redeemed:
        """Spend the code `value`; only then is there a person to issue for. Raises ProtocolError with the words `refused`."""
        request = self.request
        self.server.issuer.check_request(request.registered, request.parameters, code.terms)
        redeemed = self.server.redeem_code.redeem(
            value, code, request.registered, request.visitor, jkt=request.jkt, grant_type=self.GRANT_TYPE
        )
        if redeemed is None:
            raise ProtocolError(Code.INVALID_GRANT, refused)
        return redeemed

    def generate_token(self, user: Redeemed, **_: object) -> dict[str, Any]:
        """Make the token response."""
        return self.server.issuer.for_person(
            self.request.registered,
            user.grant,
            user.person,
            user.grant.terms.scope,
            self.request,
            nonce=user.nonce,
            refresh_token=user.refresh_token,
        )
