"""Grant type authorization_code (RFC 6749 4.1.3), with PKCE S256 (RFC 7636 4.6) for every code that has a challenge."""

from dataclasses import dataclass

from authlib.oauth2.rfc6749 import InvalidGrantError, grants
from authlib.oauth2.rfc7636 import CodeChallenge

from idp.grants.codes import AuthorizationCode
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.tokens.grants.grant_type import CodeGrantType
from idp.oidc.tokens.redeem_code import Redeemed


@dataclass(frozen=True, slots=True)
class PresentedCode:
    """A live code of this client, as the engine asks about it."""

    value: str
    code: AuthorizationCode
    code_challenge_method: str = "S256"

    @property
    def code_challenge(self) -> str:
        """The challenge of the authorization request; "" where the client may do without PKCE and sent none."""
        return self.code.code_challenge

    def get_redirect_uri(self) -> str:
        """Return the redirect URI of the authorization request."""
        return self.code.redirect_uri

    def get_scope(self) -> str:
        """Return the granted scope."""
        return " ".join(self.code.terms.scope)


class S256Only(CodeChallenge):  # type: ignore[misc]
    """PKCE at the token endpoint. The authorization endpoint's half is a check in `authorization/checks.py`."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)
    CODE_CHALLENGE_METHODS = {"S256": CodeChallenge.CODE_CHALLENGE_METHODS["S256"]}  # noqa: RUF012 - Authlib's attribute

    def validate_code_verifier(self, grant: "AuthorizationCodeGrant", result: object) -> None:
        """Hold that the verifier fits the code's challenge; a missing one does not (RFC 7636 4.6)."""
        request = grant.request
        if request.authorization_code.code_challenge and "code_verifier" not in request.parameters:
            raise InvalidGrantError
        super().validate_code_verifier(grant, result)


class AuthorizationCodeGrant(CodeGrantType, grants.AuthorizationCodeGrant):  # type: ignore[misc]
    """A wrong verifier, redirect URI or client leaves the code good for its owner."""

    def query_authorization_code(self, code: str, _client: object) -> PresentedCode | None:
        """Return the code if it is this client's; spends nothing."""
        found = self.server.redeem_code.find(code, self.request.registered, self.request.visitor)
        return None if found is None else PresentedCode(code, found)

    def authenticate_user(self, authorization_code: PresentedCode) -> Redeemed:
        """Spend the code; only then is there a person to issue for."""
        code = authorization_code.code
        if code.terms.jkt and code.terms.jkt != self.request.jkt:
            raise ProtocolError(Code.INVALID_GRANT, "the code is bound to another key (RFC 9449 10)")
        return self.redeemed(authorization_code.value, code, "the code is spent or its sign-in has ended")

    def delete_authorization_code(self, authorization_code: object) -> None:
        """Nothing is left to delete: a spent code is known by its grant."""
