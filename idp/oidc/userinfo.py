"""GET and POST /userinfo (OIDC Core 5.3): the claims of the person, as long as the grant behind the token lives."""

import json
from dataclasses import dataclass

from flask import Request, Response

from idp.clock import Clock
from idp.grants.terms import Terms
from idp.oidc.access_tokens import AccessToken
from idp.oidc.claims import claims_of
from idp.oidc.errors import Code, ProtocolError, resource_error
from idp.oidc.parameters import Malformed
from idp.oidc.people import People
from idp.oidc.presented_token import NoToken, PresentedTokens, invalid_token, presented_token
from idp.registry.clients import Clients
from idp.store.database import Database
from idp.web.bearer import NONCE_HEADER


@dataclass(frozen=True)
class UserinfoEndpoint:
    """The endpoint. One signature to check and one read."""

    tokens: PresentedTokens
    clients: Clients
    database: Database
    people: People
    clock: Clock
    audience: str

    def __call__(self, request: Request) -> Response:
        """Answer one request. Raises StoreUnavailable."""
        sent = None
        try:
            sent = presented_token(request)
            body = json.dumps(self._claims(self.tokens.check(sent, request.environ, self.audience)))
        except NoToken:
            return resource_error(None)
        except Malformed as error:
            return resource_error(ProtocolError(Code.INVALID_REQUEST, error.reason, error.status))
        except ProtocolError as error:
            if sent is None:
                return resource_error(error)
            return resource_error(error, sent.scheme, self.tokens.nonce_for(sent))
        response = Response(body, content_type="application/json")
        response.headers["Cache-Control"] = "no-store"
        if nonce := self.tokens.nonce_for(sent):
            response.headers[NONCE_HEADER] = nonce
        return response

    def _claims(self, presented: AccessToken) -> dict[str, object]:
        if presented.audience != self.audience:
            raise invalid_token()
        if "openid" not in presented.scope:
            raise ProtocolError(Code.INSUFFICIENT_SCOPE, "the token lacks the scope openid", 403)
        client = self.clients.get(presented.client_id)
        if client is None:
            raise invalid_token()
        with self.database.reading() as connection:
            found = self.people.of_grant(connection, client, presented.grant_id, self.clock.now())
        if found is None:
            raise invalid_token()
        person, row = found
        released = claims_of(person, presented.scope, Terms.from_json(row.terms).userinfo_claims)
        return {**released, "sub": person.sub}
