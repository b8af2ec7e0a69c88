"""GET and POST /userinfo (OIDC Core 5.3): the claims of the person, as long as the grant behind the token lives.

A client that is registered for it gets them signed, as a JWT that names issuer and audience (OIDC Core 5.3.2).
"""

import json
from dataclasses import dataclass

from flask import Request, Response

from idp.clock import Clock
from idp.grants.terms import Terms
from idp.keyring.keyring import NoActiveKey
from idp.oidc.errors import Code, ProtocolError, json_error, resource_error
from idp.oidc.jose import USERINFO_TYPE, Jose
from idp.oidc.parameters import Malformed
from idp.oidc.people.claims import claims_of, releasable
from idp.oidc.people.people import People
from idp.oidc.tokens.access_tokens import AccessToken
from idp.oidc.tokens.presented_token import NoToken, PresentedTokens, invalid_token, presented_token
from idp.registry.clients import Clients
from idp.store.database import Database
from idp.web.bearer import NONCE_HEADER


@dataclass(frozen=True, slots=True)
class _Answer:
    body: str
    content_type: str


@dataclass(frozen=True)
class UserinfoEndpoint:
    """The endpoint. One signature to check and one read."""

    tokens: PresentedTokens
    jose: Jose
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
            answer = self._answer(self.tokens.check(sent, request.environ, self.audience))
        except NoToken:
            return resource_error(None)
        except Malformed as error:
            return resource_error(ProtocolError(Code.INVALID_REQUEST, error.reason, error.status))
        except ProtocolError as error:
            if sent is None:
                return resource_error(error)
            return resource_error(error, sent.scheme, self.tokens.nonce_for(sent))
        except NoActiveKey:
            return json_error(ProtocolError(Code.TEMPORARILY_UNAVAILABLE, "no key can sign the answer right now", 503))
        response = Response(answer.body, content_type=answer.content_type)
        response.headers["Cache-Control"] = "no-store"
        if nonce := self.tokens.nonce_for(sent):
            response.headers[NONCE_HEADER] = nonce
        return response

    def _answer(self, presented: AccessToken) -> _Answer:
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
        # What the client is not registered for any more it cannot have, however old its grant.
        wanted = releasable(Terms.from_json(row.terms).userinfo_claims, client.scope)
        released = claims_of(person, client.scope.intersection(presented.scope), wanted)
        claims: dict[str, object] = {**released, "sub": person.sub}
        if not client.userinfo_signed_response_alg:
            return _Answer(json.dumps(claims), "application/json")
        claims |= {"iss": self.jose.issuer, "aud": client.client_id}
        return _Answer(self.jose.sign(claims, client.userinfo_signed_response_alg, USERINFO_TYPE), "application/jwt")
