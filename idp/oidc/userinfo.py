"""GET and POST /userinfo (OIDC Core 5.3): the claims of the person, as long as the grant behind the token lives."""

import json
from dataclasses import dataclass

from flask import Request, Response

from idp.clock import Clock
from idp.grants.terms import Terms
from idp.oidc.access_tokens import AccessTokens
from idp.oidc.claims import claims_of
from idp.oidc.errors import Code, ProtocolError, bearer_error
from idp.oidc.jose import BadToken
from idp.oidc.parameters import Malformed, form_parameters, query_parameters
from idp.oidc.people import People
from idp.registry.clients import Clients
from idp.store.database import Database


class NoToken(Exception):
    """The request brought no token: it is told how to come, and nothing more (RFC 6750 3.1)."""


@dataclass(frozen=True)
class UserinfoEndpoint:
    """The endpoint. One signature to check and one read."""

    access_tokens: AccessTokens
    clients: Clients
    database: Database
    people: People
    clock: Clock
    audience: str

    def __call__(self, request: Request) -> Response:
        """Answer one request. Raises StoreUnavailable."""
        try:
            body = json.dumps(self._claims(presented_token(request)))
        except NoToken:
            return bearer_error(None)
        except BadToken:
            return bearer_error(_invalid_token())
        except Malformed as error:
            return bearer_error(ProtocolError(Code.INVALID_REQUEST, error.reason, error.status))
        except ProtocolError as error:
            return bearer_error(error)
        response = Response(body, content_type="application/json")
        response.headers["Cache-Control"] = "no-store"
        return response

    def _claims(self, token: str) -> dict[str, object]:
        presented = self.access_tokens.find(token)
        if presented.audience != self.audience:
            raise _invalid_token()
        if "openid" not in presented.scope:
            raise ProtocolError(Code.INSUFFICIENT_SCOPE, "the token lacks the scope openid", 403)
        client = self.clients.get(presented.client_id)
        if client is None:
            raise _invalid_token()
        with self.database.reading() as connection:
            found = self.people.of_grant(connection, client, presented.grant_id, self.clock.now())
        if found is None:
            raise _invalid_token()
        person, row = found
        released = claims_of(person, presented.scope, Terms.from_json(row.terms).userinfo_claims)
        return {**released, "sub": person.sub}


def presented_token(request: Request) -> str:
    """Return the one token that the request brings, in the header or in a form body (RFC 6750 2.1 and 2.2).

    A token in the query is refused: it would stand in logs (RFC 9700 4.3.2). Raises NoToken, Malformed.
    """
    scheme, _, in_header = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme and scheme.lower() != "bearer":
        raise NoToken
    if "access_token" in query_parameters(request.environ):
        raise Malformed("the token must not be in the query")
    in_body = ""
    if request.method == "POST" and request.environ.get("CONTENT_LENGTH", "0") not in ("", "0"):
        in_body = form_parameters(request.environ).get("access_token", "")
    if in_header and in_body:
        raise Malformed("the token is given twice")
    if not in_header and not in_body:
        raise NoToken
    return in_header.strip() or in_body


def _invalid_token() -> ProtocolError:
    return ProtocolError(Code.INVALID_TOKEN, "the token is not valid here, or its sign-in has ended", 401)
