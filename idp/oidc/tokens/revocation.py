"""POST /revoke (RFC 7009): a client gives a token back.

A refresh token, or an access token that a person's sign-in gave, ends its whole grant: no token of it works any more, not
at userinfo and not at /token. A client's own access token is remembered as void until it would have run out.
"""

from dataclasses import dataclass

from flask import Response
from sqlalchemy import Connection

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.grants import grants, revoked_tokens
from idp.grants.refresh_token import RefreshToken
from idp.oidc.clients.authentication import AuthenticateClient
from idp.oidc.clients.client_request import ClientRequest
from idp.oidc.errors import Code, ProtocolError
from idp.oidc.jws import BadToken
from idp.oidc.tokens.access_tokens import AccessToken, AccessTokens
from idp.store.database import Database

PATH = "/revoke"


@dataclass(frozen=True)
class RevocationEndpoint:
    """The endpoint. It answers 200 only after what it says is stored (SECURITY A11)."""

    authenticate: AuthenticateClient
    access_tokens: AccessTokens
    database: Database
    clock: Clock
    trail: Trail

    def __call__(self, request: ClientRequest) -> Response:
        """Answer one request. Raises ProtocolError, StoreUnavailable."""
        client_id = self.authenticate(request).client_id
        # `token_type_hint` would only tell where to look first: the shape of a token tells that as well.
        self._revoke(request.required("token"), client_id, request.visitor)
        done = Response(status=200)
        # Of an empty body it would say what is not there, and oidc-client-ts believes it.
        del done.headers["Content-Type"]
        return done

    def _revoke(self, text: str, client_id: str, visitor: Visitor) -> None:
        refresh_token = RefreshToken.parse(text)
        if refresh_token is not None:
            self._end_family(refresh_token, client_id, visitor)
            return
        try:
            token = self.access_tokens.find(text)
        except BadToken:
            # Unknown, broken or run out: there is nothing that could still work (RFC 7009 2.2).
            return
        if token.client_id != client_id:
            raise _of_another_client()
        self._void(token, client_id, visitor)

    def _end_family(self, token: RefreshToken, client_id: str, visitor: Visitor) -> None:
        with self.database.transaction() as connection:
            owner = grants.client_of_family(connection, token)
            if owner is not None and owner != client_id:
                raise _of_another_client()
            sid = grants.revoke_family(connection, token, client_id, self.clock.now())
            if sid is not None:
                self._record(connection, client_id, visitor, sid=sid, kind="refresh_token")

    def _void(self, token: AccessToken, client_id: str, visitor: Visitor) -> None:
        with self.database.transaction() as connection:
            if token.grant_id:
                sid = grants.revoke_by_id(connection, token.grant_id, client_id, self.clock.now())
                if sid is not None:
                    self._record(connection, client_id, visitor, sid=sid, kind="access_token")
            elif revoked_tokens.revoke(connection, token.jti, token.expires_at):
                self._record(connection, client_id, visitor, kind="access_token")

    def _record(self, connection: Connection, client_id: str, visitor: Visitor, *, sid: str = "", kind: str) -> None:
        self.trail.record(
            connection,
            Event.TOKEN_REVOKED,
            visitor,
            actor=f"client:{client_id}",
            client_id=client_id,
            sid=sid,
            kind=kind,
        )


def _of_another_client() -> ProtocolError:
    return ProtocolError(Code.INVALID_GRANT, "the token was issued to another client")
