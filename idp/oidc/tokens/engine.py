"""The token endpoint's engine: Authlib's server with our request, our clients and our one error path.

Authlib runs the phases (find the grant, authenticate the client, check, respond); the grants in `idp/oidc/tokens/grants` fill in
what is ours. Its parts that are wrong or slow for us are replaced here and nowhere else (LIBRARIES 1.5, PERFORMANCE 7).
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from idp.audit.trail import Visitor
from idp.oidc.dpop.proof import Proof
from idp.oidc.errors import Code, ProtocolError
from idp.registry.client import Client

# At DEBUG it writes whole tokens into the log.
logging.getLogger("authlib").setLevel(logging.INFO)

_DESCRIPTIONS = {
    Code.INVALID_GRANT: "the code or refresh token is not valid for this request",
    Code.INVALID_REQUEST: "a required parameter is missing or malformed",
    Code.INVALID_SCOPE: "the scope is more than was granted",
    Code.UNAUTHORIZED_CLIENT: "this client is not registered for this grant type",
    Code.UNSUPPORTED_GRANT_TYPE: "this grant type is not supported",
}


class TokenRequest(OAuth2Request):  # type: ignore[misc]
    """A request to the token endpoint: the body's parameters, once each, and nothing of the query."""

    def __init__(
        self, form: Mapping[str, str], authorization: str, visitor: Visitor, proof: Proof | None = None
    ) -> None:
        # The parent's constructor would parse an address only to ask whether it is https, which the settings decide.
        self.method = "POST"
        self.uri = ""
        self.headers = {"Authorization": authorization} if authorization else {}
        self.payload = BasicOAuth2Payload(form)
        self.client: Any = None
        self.auth_method = None
        self.user = None
        self.authorization_code: Any = None
        self.refresh_token = None
        self.credential = None
        self._scope = None
        self.parameters = form
        self.authorization = authorization
        self.visitor = visitor
        self.proof = proof
        self.jkt = ""
        """Thumbprint of the key that the client has proven; "" for none. Set when the client is known."""

    @property
    def form(self) -> Mapping[str, str]:
        """The body's parameters."""
        return self.parameters


@dataclass(frozen=True, slots=True)
class EngineClient(ClientMixin):  # type: ignore[misc]
    """A registered client as the engine asks about it."""

    client: Client
    now: int

    def get_client_id(self) -> str:
        """Return the client's id."""
        return self.client.client_id

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether the secret is one of the live ones."""
        return self.client.secret_is_right(client_secret, self.now)

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Whether this is the one method that the client is registered for, at whatever endpoint."""
        return method == self.client.token_endpoint_auth_method

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client is registered for the grant type."""
        return grant_type in self.client.grant_types


class Engine(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server without a framework: answers are values, refusals are ProtocolErrors."""

    def create_oauth2_request(self, request: TokenRequest) -> TokenRequest:
        """Take our own request as it is."""
        return request

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Tell nobody: what happens is in the audit trail."""

    def handle_response(self, _status: int, body: dict[str, Any], _headers: object) -> dict[str, Any]:
        """Return the token response; the endpoint writes it."""
        return body

    def handle_error_response(self, _request: object, error: OAuth2Error) -> dict[str, Any]:
        """Raise what the engine refused as our own error, in our own fixed words."""
        raise translated(error) from error


def translated(error: OAuth2Error) -> ProtocolError:
    """Return our error for one of Authlib's; its description is not used, for it may hold input."""
    try:
        code = Code(error.error)
    except ValueError:
        code = Code.INVALID_REQUEST
    if code is Code.INVALID_CLIENT:
        return client_refused()
    return ProtocolError(code, _DESCRIPTIONS.get(code, ""))


def client_refused(challenge: str = "") -> ProtocolError:
    """The one answer to every failed client authentication: it never tells whether the client exists (SECURITY L14).

    `challenge` is the scheme of the Authorization header that the client sent (RFC 6749 5.2). Who sent none gets none:
    programs that are challenged look no further, and miss the error.
    """
    return ProtocolError(Code.INVALID_CLIENT, "client authentication failed", 401, challenge)
