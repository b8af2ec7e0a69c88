"""POST /introspect (RFC 7662): whether a token is good, asked by its client or by the protected resource that it is for.

Who may not know about a token, and who asks about one that no longer works, hear the same: `{"active": false}`.
"""

import json
import logging
from dataclasses import dataclass
from typing import Any

from flask import Request, Response

from idp.audit.trail import Visitor
from idp.keyring.keyring import NoActiveKey
from idp.oidc.clients.authentication import AuthenticateClient
from idp.oidc.errors import Code, ProtocolError, json_error
from idp.oidc.jose import INTROSPECTION_TYPE, Jose
from idp.oidc.parameters import Malformed, form_parameters
from idp.oidc.tokens.engine import TokenRequest, client_refused
from idp.oidc.tokens.token_facts import TokenFacts
from idp.registry.client import Client

PATH = "/introspect"
SIGNED_TYPE = f"application/{INTROSPECTION_TYPE}"
"""Media type of an answer as a signed JWT (RFC 9701 5)."""
_DEFAULT_ALGORITHM = "RS256"
"""What an answer is signed with for who registered nothing (RFC 9701 6)."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class IntrospectionEndpoint:
    """The endpoint."""

    authenticate: AuthenticateClient
    facts: TokenFacts
    jose: Jose

    def __call__(self, request: Request, visitor: Visitor) -> Response:
        """Answer one request. Raises StoreUnavailable: that nothing could be looked up is never told as "not active"."""
        try:
            form = form_parameters(request.environ)
            authorization = request.environ.get("HTTP_AUTHORIZATION", "")
            client = self._authenticated(TokenRequest(form, authorization, visitor))
            if "token" not in form:
                raise ProtocolError(Code.INVALID_REQUEST, "token is missing")
            # `token_type_hint` would only tell where to look first: the shape of a token tells that as well.
            facts = self.facts.of(form["token"], client)
            answer = {"active": False} if facts is None else {"active": True, **facts}
            return self._written(client, answer, is_signed=_wants_jwt(client, request))
        except Malformed as error:
            return json_error(ProtocolError(Code.INVALID_REQUEST, error.reason, error.status))
        except ProtocolError as error:
            return json_error(error)
        except NoActiveKey:
            _log.exception("no answer can be signed")
            return json_error(ProtocolError(Code.TEMPORARILY_UNAVAILABLE, "no key can sign right now", 503))

    def _authenticated(self, request: TokenRequest) -> Client:
        """Return a client that showed who it is: what a public one says of itself anybody could say (RFC 7662 2.1)."""
        client: Client = self.authenticate(request).client
        if client.token_endpoint_auth_method == "none":  # noqa: S105 - a method
            raise client_refused()
        return client

    def _written(self, client: Client, answer: dict[str, Any], *, is_signed: bool) -> Response:
        if is_signed:
            # No `sub` and no `exp`: a JWT about a token must never be taken for one (RFC 9701 5 and 8.1).
            claims = {
                "iss": self.jose.issuer,
                "aud": client.client_id,
                "iat": self.jose.clock.now(),
                "token_introspection": answer,
            }
            alg = client.introspection_signed_response_alg or _DEFAULT_ALGORITHM
            response = Response(self.jose.sign(claims, alg, INTROSPECTION_TYPE), content_type=SIGNED_TYPE)
        else:
            response = Response(json.dumps(answer), content_type="application/json")
        response.headers["Cache-Control"] = "no-store"
        return response


def _wants_jwt(client: Client, request: Request) -> bool:
    """Whether this client is registered for signed answers, or asks for one (RFC 9701 4)."""
    accepted: str = request.environ.get("HTTP_ACCEPT", "")
    named = {part.partition(";")[0].strip().lower() for part in accepted.split(",")}
    return bool(client.introspection_signed_response_alg) or SIGNED_TYPE in named
