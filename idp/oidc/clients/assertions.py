"""Authentication of clients by a JWT of their own (RFC 7523 2.2, OIDC Core 9): `private_key_jwt` and `client_secret_jwt`."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from idp.clock import Clock
from idp.oidc import jws
from idp.oidc.clients.client_jwts import ClientJwts
from idp.oidc.clients.client_request import ClientRequest, EngineClient
from idp.oidc.jws import SKEW_SECONDS, BadToken, moment
from idp.store.ephemeral import EphemeralStore

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_METHODS = ("private_key_jwt", "client_secret_jwt")
"""Which of the two an assertion is, its client's registration says, never the assertion."""
QueryClient = Callable[[str], EngineClient | None]


@dataclass(frozen=True)
class ClientAssertions:
    """Takes assertions, each once."""

    client_jwts: ClientJwts
    clock: Clock
    store: EphemeralStore
    audiences: tuple[str, ...]
    """What `aud` may be: the issuer, or the endpoint that it is sent to."""

    def by(self, method: str) -> Callable[[QueryClient, ClientRequest], EngineClient | None]:
        """Return what authenticates by one of the two methods and leaves alone who is registered for the other."""

        def authenticate(query: QueryClient, request: ClientRequest) -> EngineClient | None:
            form = request.parameters
            text = form.get("client_assertion", "")
            if form.get("client_assertion_type") != ASSERTION_TYPE or not text:
                return None
            client_id = jws.unverified(text).claims.get("sub")
            client = query(client_id) if isinstance(client_id, str) else None
            if client is None or client.client.token_endpoint_auth_method != method:
                return None
            self._use(text, client)
            return client

        return authenticate

    def _use(self, text: str, client: EngineClient) -> None:
        claims = self.client_jwts.assertion(text, client.client, self.audiences)
        lives = moment(claims, "exp") - self.clock.now() + SKEW_SECONDS
        # Of many uses of one jti at once, one wins; the mark outlives the assertion. The jti is marked, not the text, which
        # may be written in more ways than one (CVE-2026-62995).
        named = f"{client.client.client_id}\n{claims['jti']}".encode("utf-8", "surrogatepass")
        if not self.store.put_new(f"jti:{sha256(named).hexdigest()}", b"", lives):
            raise BadToken("the jti was used before")
