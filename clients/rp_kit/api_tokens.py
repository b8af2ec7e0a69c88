"""Access tokens for other modules' APIs, one for each session and API, got with the session's refresh token (RFC 8707 2.2)."""

import logging
import time
from dataclasses import dataclass, replace

from clients.rp_kit.fetch import ProviderAway
from clients.rp_kit.relying_party import RelyingParty
from clients.rp_kit.sessions import Session
from clients.rp_kit.store import Store
from clients.rp_kit.token_endpoint import GrantRefused

log = logging.getLogger(__name__)

TABLES = """
CREATE TABLE IF NOT EXISTS api_tokens (
  cookie_hash TEXT NOT NULL, resource TEXT NOT NULL, token TEXT NOT NULL, good_until INTEGER NOT NULL,
  PRIMARY KEY (cookie_hash, resource)
);
"""
_SPARE_SECONDS = 10
"""A token that ends sooner is not used any more: it should last until it arrives."""
_REFRESH_CLAIM_SECONDS = 30
_TRIES = 20
_PAUSE_SECONDS = 0.1


class _Busy(Exception):
    """Another request of this session is using its refresh token, which works once."""


@dataclass(frozen=True)
class ApiTokens:
    """Gives tokens, and keeps them while they are good."""

    relying_party: RelyingParty
    store: Store

    def get(self, session: Session, resource: str, *, is_new: bool = False) -> str | None:
        """Return an access token for the API; None when the provider's session is over, and so ours. Raises ProviderAway.

        `is_new`: a kept one will not do, because the API refused it.
        """
        for _ in range(_TRIES):
            kept = None if is_new else self._kept(session, resource)
            if kept is not None:
                return kept
            current = self.relying_party.sessions.find(session.cookie_hash)
            if current is None:
                return None
            try:
                return self._ask(current, resource, is_new=is_new)
            except _Busy:
                time.sleep(_PAUSE_SECONDS)
        raise ProviderAway("the refresh token was in use all the time")

    def _ask(self, session: Session, resource: str, *, is_new: bool) -> str | None:
        party, refresh_token, now = self.relying_party, session.tokens.refresh_token, self.relying_party.now()
        if not refresh_token:
            raise ProviderAway("no refresh token: the client is not registered for the grant refresh_token")
        if not party.sessions.claim_refresh(session, now=now, until=now + _REFRESH_CLAIM_SECONDS):
            raise _Busy
        # Between our look and our turn somebody else may have had theirs.
        if not is_new and (kept := self._kept(session, resource)) is not None:
            party.sessions.renew(session)
            return kept
        try:
            answer = party.exchange.for_resource(refresh_token, resource)
        except GrantRefused as refused:
            if str(refused) != "invalid_grant":
                party.sessions.renew(session)  # the refresh token is as good as before
                raise ProviderAway(f"no token for {resource}: {refused}") from refused
            log.info("session ended at refresh: %s", refused)
            party.sessions.end(session.cookie_hash)
            return None
        # First kept, then the turn given on: the next finds it.
        self._keep(session, resource, answer.access_token, now + answer.expires_in)
        tokens = replace(session.tokens, refresh_token=answer.refresh_token or refresh_token)
        party.sessions.renew(replace(session, tokens=tokens))
        return answer.access_token

    def _kept(self, session: Session, resource: str) -> str | None:
        with self.store.transaction() as connection:
            row = connection.execute(
                "SELECT token FROM api_tokens WHERE cookie_hash = ? AND resource = ? AND good_until > ?",
                (session.cookie_hash, resource, self.relying_party.now() + _SPARE_SECONDS),
            ).fetchone()
        return str(row["token"]) if row else None

    def _keep(self, session: Session, resource: str, token: str, good_until: int) -> None:
        with self.store.transaction() as connection:
            connection.execute("DELETE FROM api_tokens WHERE good_until < ?", (self.relying_party.now(),))
            connection.execute(
                "INSERT OR REPLACE INTO api_tokens VALUES (?, ?, ?, ?)",
                (session.cookie_hash, resource, token, good_until),
            )
