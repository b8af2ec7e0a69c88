"""POST /token (RFC 6749 3.2): reads the request, lets the engine run the grant, writes OAuth JSON."""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Request, Response

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.keyring.keyring import NoActiveKey
from idp.oidc.client_authentication import AuthenticateClient
from idp.oidc.engine import Engine, EngineClient, TokenRequest
from idp.oidc.errors import Code, ProtocolError, json_error
from idp.oidc.parameters import Malformed, form_parameters
from idp.oidc.redeem_code import RedeemCode
from idp.oidc.redeem_device_code import RedeemDeviceCode
from idp.oidc.rotate_refresh_token import RotateRefreshToken
from idp.oidc.tokens import TokenIssuer
from idp.registry.client import Client
from idp.store.database import Database

_log = logging.getLogger(__name__)


class TokenEngine(Engine):
    """The engine with its grants and what they need."""

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
        self._clock = clock
        self._trail = trail
        for grant, extensions in grants:
            self.register_grant(grant, extensions)

    def authenticate_client(self, request: TokenRequest, _methods: object, _endpoint: str = "token") -> EngineClient:
        """Authenticate by the one method that the request presents."""
        client = request.client = self._authenticate(request)
        return client

    def query_client(self, client_id: str) -> EngineClient | None:
        """Return a client that may act."""
        return self._authenticate.query(client_id)

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


@dataclass(frozen=True)
class TokenEndpoint:
    """The endpoint."""

    engine: TokenEngine

    def __call__(self, request: Request, visitor: Visitor) -> Response:
        """Answer one request. Raises StoreUnavailable."""
        try:
            form = form_parameters(request.environ)
            if "grant_type" not in form:
                raise ProtocolError(Code.INVALID_REQUEST, "grant_type is missing")
            authorization = request.environ.get("HTTP_AUTHORIZATION", "")
            answer = self.engine.create_token_response(TokenRequest(form, authorization, visitor))
        except Malformed as error:
            return json_error(ProtocolError(Code.INVALID_REQUEST, error.reason, error.status))
        except ProtocolError as error:
            return json_error(error)
        except NoActiveKey:
            _log.exception("no token can be signed")
            return json_error(ProtocolError(Code.TEMPORARILY_UNAVAILABLE, "no key can sign right now", 503))
        response = Response(json.dumps(answer), content_type="application/json")
        response.headers["Cache-Control"] = "no-store"
        response.headers["Pragma"] = "no-cache"
        return response
