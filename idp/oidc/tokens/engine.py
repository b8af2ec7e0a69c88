"""The token endpoint's engine: Authlib's server with our grants, our clients and our one error path.

Authlib runs the phases (find the grant, authenticate the client, check, respond); the grants in `idp/oidc/tokens/grants` fill in
what is ours. Its parts that are wrong or slow for us are replaced here and nowhere else (LIBRARIES 1.5, PERFORMANCE 7).
"""

import logging
from collections.abc import Iterable
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.oidc.clients.authentication import AuthenticateClient, client_refused
from idp.oidc.clients.client_request import ClientRequest, EngineClient
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.tokens.issuer import TokenIssuer
from idp.oidc.tokens.redeem_code import RedeemCode
from idp.oidc.tokens.redeem_device_code import RedeemDeviceCode
from idp.oidc.tokens.rotate_refresh_token import RotateRefreshToken
from idp.registry.client import Client
from idp.store.database import Database

# At DEBUG it writes whole tokens into the log.
logging.getLogger("authlib").setLevel(logging.INFO)

_DESCRIPTIONS = {
    Code.INVALID_GRANT: "the code or refresh token is not valid for this request",
    Code.INVALID_REQUEST: "a required parameter is missing or malformed",
    Code.INVALID_SCOPE: "the scope is more than was granted",
    Code.UNAUTHORIZED_CLIENT: "this client is not registered for this grant type",
    Code.UNSUPPORTED_GRANT_TYPE: "this grant type is not supported",
}


class TokenEngine(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server without a framework: answers are values, refusals are ProtocolErrors. Its grants find here what they
    need."""

    def __init__(
        self,
        grants: Iterable[tuple[Any, list[Any]]],
        *,
        authenticate: AuthenticateClient,
        redeem_code: RedeemCode,
        rotate_refresh_token: RotateRefreshToken,
        issuer: TokenIssuer,
        database: Database,
        clock: Clock,
        trail: Trail,
    ) -> None:
        super().__init__()
        self._authenticate = authenticate
        self.redeem_code = redeem_code
        self.redeem_device_code = RedeemDeviceCode(database, clock, redeem_code)
        self.rotate_refresh_token = rotate_refresh_token
        self.issuer = issuer
        self._database = database
        self._trail = trail
        for grant, extensions in grants:
            self.register_grant(grant, extensions)

    def create_oauth2_request(self, request: ClientRequest) -> ClientRequest:
        """Take our own request as it is."""
        return request

    def authenticate_client(self, request: ClientRequest, _methods: object, _endpoint: str = "token") -> EngineClient:
        """Authenticate by the one method that the request presents, and demand the key that the client must prove."""
        registered = self._authenticate(request)
        if registered.dpop_bound_access_tokens and not request.jkt:
            raise ProtocolError(Code.INVALID_REQUEST, "this client must prove a key with every token request")
        client: EngineClient = request.client
        return client

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Tell nobody: what happens is in the audit trail."""

    def handle_response(self, _status: int, body: dict[str, Any], _headers: object) -> dict[str, Any]:
        """Return the token response; the endpoint writes it."""
        return body

    def handle_error_response(self, _request: object, error: OAuth2Error) -> dict[str, Any]:
        """Raise what the engine refused as our own error, in our own fixed words."""
        raise translated(error) from error

    def record_client_token(self, client: Client, visitor: Visitor) -> None:
        """Put the issue of a client's own token on the trail."""
        with self._database.reading() as connection:
            self._trail.record(
                connection,
                Event.TOKEN_ISSUED,
                visitor,
                actor=f"client:{client.client_id}",
                client_id=client.client_id,
                grant_type="client_credentials",
            )


def translated(error: OAuth2Error) -> ProtocolError:
    """Return our error for one of Authlib's; its description is not used, for it may hold input."""
    try:
        code = Code(error.error)
    except ValueError:
        code = Code.INVALID_REQUEST
    if code is Code.INVALID_CLIENT:
        return client_refused()
    return ProtocolError(code, _DESCRIPTIONS.get(code, ""))
