"""POST /introspect (RFC 7662): whether a token is good, asked by its client or by the protected resource that it is for.

Who may not know about a token, and who asks about one that no longer works, hear the same: `{"active": false}`.
"""

from dataclasses import dataclass
from typing import Any

from flask import Response

from idp.oidc.back_channel import json_answer
from idp.oidc.clients.authentication import AuthenticateClient, client_refused
from idp.oidc.clients.client_request import ClientRequest
from idp.oidc.jose import INTROSPECTION_TYPE, Jose
from idp.oidc.tokens.token_facts import TokenFacts
from idp.registry.client import Client

PATH = "/introspect"
SIGNED_TYPE = f"application/{INTROSPECTION_TYPE}"
"""Media type of an answer as a signed JWT (RFC 9701 5)."""
_DEFAULT_ALGORITHM = "RS256"
"""What an answer is signed with for who registered nothing (RFC 9701 6)."""


@dataclass(frozen=True)
class IntrospectionEndpoint:
    """The endpoint."""

    authenticate: AuthenticateClient
    facts: TokenFacts
    jose: Jose

    def __call__(self, request: ClientRequest) -> Response:
        """Answer one request. Raises ProtocolError, NoActiveKey.

        Raises StoreUnavailable: that nothing could be looked up is never told as "not active".
        """
        client = self.authenticate(request)
        if client.is_public:
            # What a public client says of itself anybody could say (RFC 7662 2.1).
            raise client_refused()
        # `token_type_hint` would only tell where to look first: the shape of a token tells that as well.
        facts = self.facts.of(request.required("token"), client)
        answer = {"active": False} if facts is None else {"active": True, **facts}
        return self._signed(client, answer) if _wants_jwt(client, request) else json_answer(answer)

    def _signed(self, client: Client, answer: dict[str, Any]) -> Response:
        # No `sub` and no `exp`: a JWT about a token must never be taken for one (RFC 9701 5 and 8.1).
        claims = {
            "iss": self.jose.issuer,
            "aud": client.client_id,
            "iat": self.jose.clock.now(),
            "token_introspection": answer,
        }
        alg = client.introspection_signed_response_alg or _DEFAULT_ALGORITHM
        return Response(self.jose.sign(claims, alg, INTROSPECTION_TYPE), content_type=SIGNED_TYPE)


def _wants_jwt(client: Client, request: ClientRequest) -> bool:
    """Whether this client is registered for signed answers, or asks for one (RFC 9701 4)."""
    named = {part.partition(";")[0].strip().lower() for part in request.accept.split(",")}
    return bool(client.introspection_signed_response_alg) or SIGNED_TYPE in named
