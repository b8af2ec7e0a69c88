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
from idp.oidc.clients.authentication import AuthenticateClient
from idp.oidc.dpop.proofs import DpopProofs
from idp.oidc.errors import Code, ProtocolError, json_error
from idp.oidc.parameters import Malformed, form_parameters
from idp.oidc.tokens.engine import Engine, EngineClient, TokenRequest
from idp.oidc.tokens.issuer import TokenIssuer
from idp.oidc.tokens.redeem_code import RedeemCode
from idp.oidc.tokens.redeem_device_code import RedeemDeviceCode
from idp.oidc.tokens.rotate_refresh_token import RotateRefreshToken
from idp.registry.client import Client
from idp.store.database import Database

PATH = "/token"
_log = logging.getLogger(__name__)


class TokenEngine(Engine):
    """The engine with its grants and what they need."""

    def __init__(
        self,
        grants: Iterable[tuple[Any, list[Any]]],
        *,
        authenticate: AuthenticateClient,
        proofs: DpopProofs,
        redeem_code: RedeemCode,
        rotate_refresh_token: RotateRefreshToken,
        issuer: TokenIssuer,
        database: Database,
        clock: Clock,
        trail: Trail,
    ) -> None:
        super().__init__()
        self._authenticate = authenticate
        self._proofs = proofs
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
        """Authenticate by the one method that the request presents, and use up the proof of its key."""
        client = request.client = self._authenticate(request)
        if request.proof is not None:
            request.jkt = self._proofs.use(request.proof)
        elif client.client.dpop_bound_access_tokens:
            raise ProtocolError(Code.INVALID_DPOP_PROOF, "this client must prove a key with every token request")
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
    proofs: DpopProofs
    url: str
    """Our own address of it, which DPoP proofs are compared with."""

    def __call__(self, request: Request, visitor: Visitor) -> Response:
        """Answer one request. Raises StoreUnavailable."""
        return self.proofs.with_nonce(self._answer(request, visitor), request.environ)

    def _answer(self, request: Request, visitor: Visitor) -> Response:
        try:
            form = form_parameters(request.environ)
            if "grant_type" not in form:
                raise ProtocolError(Code.INVALID_REQUEST, "grant_type is missing")
            authorization = request.environ.get("HTTP_AUTHORIZATION", "")
            # Before anything is spent: who only lacks a nonce comes again with the same code.
            proof = self.proofs.read(request.environ.get("HTTP_DPOP"), "POST", self.url)
            answer = self.engine.create_token_response(TokenRequest(form, authorization, visitor, proof))
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
