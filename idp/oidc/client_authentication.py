"""Which client calls an endpoint of the back channel: one method a request, the one it is registered for (SECURITY A6)."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any
from urllib.parse import unquote_plus

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc6749.authenticate_client import ClientAuthentication
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion

from idp.audit.events import Event
from idp.audit.trail import Trail
from idp.clock import Clock
from idp.oidc.engine import EngineClient, TokenRequest, client_refused
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.jose import SKEW_SECONDS, BadToken, Jose
from idp.registry.clients import Clients
from idp.store.database import Database
from idp.store.ephemeral import EphemeralStore

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CREDENTIALS = frozenset({"client_secret", "client_assertion", "client_assertion_type"})
"""Parameters by which a client shows who it is."""
QueryClient = Callable[[str], EngineClient | None]


@dataclass(frozen=True)
class AuthenticateClient:
    """Authenticates the client of a token request."""

    clients: Clients
    clock: Clock
    jose: Jose
    store: EphemeralStore
    database: Database
    trail: Trail
    audiences: tuple[str, ...]
    """What `aud` of an assertion may be: the issuer, or the endpoint that it is sent to."""

    def __call__(self, request: TokenRequest) -> EngineClient:
        """Return the client. Raises ProtocolError; a failure is on the trail."""
        method = presented_method(request)
        try:
            client: EngineClient = self._engine(request, [method], "token")
            claimed = request.parameters.get("client_id", client.client.client_id)
            if claimed != client.client.client_id:
                raise InvalidClientError
        except (OAuth2Error, BadToken, ValueError, RecursionError) as error:
            self._record(request, method)
            raise client_refused("Basic" if request.authorization else "") from error
        return client

    @cached_property
    def _engine(self) -> ClientAuthentication:
        engine = ClientAuthentication(self.query)
        engine.register("client_secret_basic", _by_basic)
        engine.register("private_key_jwt", _PrivateKeyJwt(self))
        return engine

    def query(self, client_id: str) -> EngineClient | None:
        """Return a client that may act, as the engine sees it."""
        client = self.clients.get(client_id)
        return None if client is None else EngineClient(client, self.clock.now())

    def _record(self, request: TokenRequest, method: str) -> None:
        claimed = request.parameters.get("client_id", "")
        known = claimed if claimed and self.clients.get(claimed) is not None else ""
        with self.database.reading() as connection:
            self.trail.record(connection, Event.CLIENT_REJECTED, request.visitor, client_id=known, method=method)


def presented_method(request: TokenRequest) -> str:
    """Return the one method whose credentials the request carries. Raises ProtocolError when there are two."""
    form = request.parameters
    has_assertion = "client_assertion" in form or "client_assertion_type" in form
    presented = [
        method
        for method, there in (
            ("client_secret_basic", bool(request.authorization)),
            ("client_secret_post", "client_secret" in form),
            ("private_key_jwt", has_assertion),
        )
        if there
    ]
    if len(presented) > 1:
        raise ProtocolError(Code.INVALID_REQUEST, "the client authenticates in more than one way")
    return presented[0] if presented else "none"


def _by_basic(query_client: QueryClient, request: TokenRequest) -> EngineClient | None:
    """Check HTTP Basic; id and secret are form-encoded inside (RFC 6749 2.3.1). Any bytes are a proper question."""
    scheme, _, encoded = request.authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    client_id, colon, secret = decoded.partition(":")
    if not colon or not secret:
        return None
    client = query_client(unquote_plus(client_id))
    return client if client is not None and client.check_client_secret(unquote_plus(secret)) else None


class _PrivateKeyJwt(JWTBearerClientAssertion):  # type: ignore[misc]
    """Authlib finds assertion and client; what the assertion must be is ours (`Jose.client_assertion`)."""

    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, room: AuthenticateClient) -> None:
        super().__init__()
        self._room = room

    def resolve_client_public_key(self, client: EngineClient) -> Any:
        if client.client.jwks is None:
            raise BadToken("this client has no keys")
        return client.client.jwks

    def process_assertion_claims(self, assertion: str, resolve_key: Any) -> dict[str, Any]:
        client_id = self.extract_assertion(assertion)[1]["sub"]
        claims = self._room.jose.client_assertion(assertion, resolve_key, client_id, self._room.audiences)
        lives = int(claims["exp"]) - self._room.clock.now() + SKEW_SECONDS
        # Of many uses of one jti at once, one wins; the mark outlives the assertion.
        mark = "jti:" + sha256(f"{client_id}\n{claims['jti']}".encode("utf-8", "surrogatepass")).hexdigest()
        if not self._room.store.put_new(mark, b"", lives):
            raise BadToken("the jti was used before")
        return claims
