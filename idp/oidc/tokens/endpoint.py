"""POST /token (RFC 6749 3.2): lets the engine run the grant, and writes OAuth JSON."""

from dataclasses import dataclass

from flask import Response

from idp.oidc.back_channel import json_answer
from idp.oidc.clients.client_request import ClientRequest
from idp.oidc.tokens.engine import TokenEngine

PATH = "/token"


@dataclass(frozen=True)
class TokenEndpoint:
    """The endpoint."""

    engine: TokenEngine

    def __call__(self, request: ClientRequest) -> Response:
        """Answer one request. Raises ProtocolError, NoActiveKey, StoreUnavailable."""
        request.required("grant_type")
        response = json_answer(self.engine.create_token_response(request))
        response.headers["Pragma"] = "no-cache"
        return response
