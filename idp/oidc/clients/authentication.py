"""Which client calls an endpoint of the back channel: one method a request, the one it is registered for (SECURITY A6)."""

import base64
import binascii
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote_plus

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc6749.authenticate_client import ClientAuthentication

from idp.audit.events import Event
from idp.clock import Clock
from idp.oidc import jws
from idp.oidc.clients.assertions import ASSERTION_METHODS, ClientAssertions, QueryClient
from idp.oidc.clients.client_request import ClientRequest, EngineClient
from idp.oidc.dpop.proofs import DpopProofs
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.jws import BadToken
from idp.registry.client import Client
from idp.registry.clients import Clients
from idp.signin.record_stranger import RecordStranger

CREDENTIALS = frozenset({"client_secret", "client_assertion", "client_assertion_type"})
"""Parameters by which a client shows who it is."""


@dataclass(frozen=True)
class AuthenticateClient:
    """Authenticates the client of a request, and uses up the proof of its key."""

    clients: Clients
    clock: Clock
    assertions: ClientAssertions
    proofs: DpopProofs
    record: RecordStranger

    def __call__(self, request: ClientRequest) -> Client:
        """Return the client, and note on the request who it is and which key it has proven.

        Raises ProtocolError; a failure is on the trail, and StoreUnavailable where it cannot be.
        """
        method = presented_method(request)
        try:
            methods = list(ASSERTION_METHODS) if method == "client_assertion" else [method]
            client: EngineClient = self._engine(request, methods, "token")
            claimed = request.parameters.get("client_id", client.client.client_id)
            if claimed != client.client.client_id:
                raise InvalidClientError
        except (OAuth2Error, BadToken, ValueError, RecursionError) as error:
            self._record(request, method)
            raise client_refused("Basic" if request.authorization else "") from error
        request.client = client
        if request.proof is not None:
            request.jkt = self.proofs.use(request.proof)
        return client.client

    @cached_property
    def _engine(self) -> ClientAuthentication:
        engine = ClientAuthentication(self.query)
        engine.register("client_secret_basic", _by_basic)
        for method in ASSERTION_METHODS:
            engine.register(method, self.assertions.by(method))
        return engine

    def query(self, client_id: str) -> EngineClient | None:
        """Return a client that may act, as the engine sees it."""
        client = self.clients.get(client_id)
        return None if client is None else EngineClient(client, self.clock.now())

    def _record(self, request: ClientRequest, method: str) -> None:
        claimed = _claimed(request)
        # Only a client of ours is named: anything else is a stranger's text.
        known = claimed if claimed and self.clients.get(claimed) is not None else ""
        self.record(Event.CLIENT_REJECTED, request.visitor, client_id=known, method=method)


def client_refused(challenge: str = "") -> ProtocolError:
    """The one answer to every failed client authentication: it never tells whether the client exists (SECURITY L14).

    `challenge` is the scheme of the Authorization header that the client sent (RFC 6749 5.2). Who sent none gets none:
    programs that are challenged look no further, and miss the error.
    """
    return ProtocolError(Code.INVALID_CLIENT, "client authentication failed", 401, challenge)


def presented_method(request: ClientRequest) -> str:
    """Return the one method whose credentials the request carries, `client_assertion` for both that have one.

    Raises ProtocolError when there are two.
    """
    form = request.parameters
    has_assertion = "client_assertion" in form or "client_assertion_type" in form
    presented = [
        method
        for method, there in (
            ("client_secret_basic", bool(request.authorization)),
            ("client_secret_post", "client_secret" in form),
            ("client_assertion", has_assertion),
        )
        if there
    ]
    if len(presented) > 1:
        raise ProtocolError(Code.INVALID_REQUEST, "the client authenticates in more than one way")
    return presented[0] if presented else "none"


def _by_basic(query_client: QueryClient, request: ClientRequest) -> EngineClient | None:
    """Check HTTP Basic. Any bytes are a proper question."""
    client_id, secret = _basic(request.authorization)
    client = query_client(client_id) if client_id and secret else None
    return client if client is not None and client.check_client_secret(secret) else None


def _basic(authorization: str) -> tuple[str, str]:
    """Return id and secret of HTTP Basic, which are form-encoded inside (RFC 6749 2.3.1); ("", "") for anything else."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return "", ""
    client_id, _, secret = decoded.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)


def _claimed(request: ClientRequest) -> str:
    """Return whom the caller says to be, in whichever way."""
    form = request.parameters
    if "client_id" in form:
        return form["client_id"]
    if request.authorization:
        return _basic(request.authorization)[0]
    try:
        claimed = jws.unverified(form.get("client_assertion", "")).claims.get("sub")
    except (BadToken, ValueError, RecursionError):
        return ""
    return claimed if isinstance(claimed, str) else ""
