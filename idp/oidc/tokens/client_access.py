"""Which client an access token speaks for, at a resource where clients act for themselves (RFC 9068 4).

A token is for one resource: its scope chose the audience when it was issued. So a token for userinfo opens nothing at another
resource, and the reverse, and what one resource was shown can be used at no other (RFC 9700 2.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from idp.oidc.errors import Code, ProtocolError
from idp.oidc.tokens.access_tokens import AccessToken
from idp.oidc.tokens.presented_token import NoToken, PresentedTokens, SentToken, token_in_header
from idp.oidc.tokens.resources import OWN
from idp.registry.client import Client
from idp.registry.clients import Clients
from idp.store.database import Database
from idp.web.bearer import BearerRefused


@dataclass(frozen=True)
class ClientAccess:
    """The check in front of one resource. One signature and one read by key."""

    tokens: PresentedTokens
    clients: Clients
    database: Database
    issuer: str
    scope: str

    def __call__(self, environ: Mapping[str, Any]) -> Client:
        """Return the client behind the access token of a request. Raises BearerRefused, StoreUnavailable."""
        try:
            sent = token_in_header(environ)
        except NoToken:
            sent = None
        if sent is None or not sent.text:
            raise BearerRefused(401)
        try:
            return self._client(self.tokens.check(sent, environ, self._address(environ)))
        except ProtocolError as error:
            raise self._refused(sent, error) from error

    def _client(self, token: AccessToken) -> Client:
        client = self.clients.get(token.client_id)
        # A person's token names the person as `sub`, a client's own the client.
        if client is None or token.grant_id or token.sub != client.client_id:
            raise _invalid()
        if token.audience != self.issuer + OWN[self.scope]:
            raise _invalid()
        if self.scope not in token.scope or self.scope not in client.scope:
            raise ProtocolError(Code.INSUFFICIENT_SCOPE, f"the token lacks the scope {self.scope}", 403)
        with self.database.reading() as connection:
            if not self.tokens.access_tokens.is_live(connection, token):
                raise _invalid()
        return client

    def _address(self, environ: Mapping[str, Any]) -> str:
        # What the request says of its host is its own word; the path is what was routed by.
        path: str = environ.get("PATH_INFO", "")
        return self.issuer + path.encode("latin-1").decode("utf-8", "replace")

    def _refused(self, sent: SentToken, error: ProtocolError) -> BearerRefused:
        return BearerRefused(error.status, error.code, error.description, sent.scheme, self.tokens.nonce_for(sent))


def _invalid() -> ProtocolError:
    return ProtocolError(Code.INVALID_TOKEN, "the token is not valid here, or its client is disabled", 401)
