"""Who is signed in here: sessions kept on the server, named by a cookie, ended by the person or by the provider."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clients.rp_kit.logins import hashed
from clients.rp_kit.logout_token import LogoutRequest
from clients.rp_kit.store import Store

TABLES = """
CREATE TABLE IF NOT EXISTS sessions (
  cookie_hash TEXT PRIMARY KEY, subject TEXT NOT NULL, sid TEXT, form_token TEXT NOT NULL,
  claims TEXT NOT NULL, person TEXT NOT NULL, id_token TEXT NOT NULL,
  access_token TEXT NOT NULL, access_until INTEGER NOT NULL, refresh_token TEXT, refresh_claimed_until INTEGER NOT NULL,
  started_at INTEGER NOT NULL, seen_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS sessions_by_sid ON sessions (sid);
CREATE INDEX IF NOT EXISTS sessions_by_subject ON sessions (subject);
CREATE TABLE IF NOT EXISTS logout_tokens (jti TEXT PRIMARY KEY, forget_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS ended_sids (sid TEXT PRIMARY KEY, forget_at INTEGER NOT NULL);
"""


@dataclass(frozen=True)
class Tokens:
    """What the token endpoint gave. `access_until` is in seconds of our clock."""

    id_token: str
    access_token: str
    access_until: int
    refresh_token: str | None


@dataclass(frozen=True)
class Session:
    """A signed-in browser. `claims` are the ID Token's, `person` what the UserInfo endpoint told beyond them."""

    cookie_hash: str
    subject: str
    sid: str | None
    form_token: str
    """Goes into every form of this session, so that no other site can post one (CSRF)."""
    claims: Mapping[str, Any]
    person: Mapping[str, Any]
    tokens: Tokens
    started_at: int
    seen_at: int


@dataclass(frozen=True)
class Sessions:
    """The table of sessions. Every change is one transaction that tells whether it happened."""

    store: Store
    idle_seconds: int
    absolute_seconds: int

    def open(self, session: Session, *, replaces: str | None) -> bool:
        """Store `session`, ending the one with cookie hash `replaces`; False when the provider ended its `sid` already."""
        with self.store.transaction() as connection:
            if session.sid and connection.execute("SELECT 1 FROM ended_sids WHERE sid = ?", (session.sid,)).fetchone():
                return False
            connection.execute("DELETE FROM sessions WHERE cookie_hash = ?", (replaces,))
            connection.execute(
                "DELETE FROM sessions WHERE seen_at < ? OR started_at < ?",
                (session.seen_at - self.idle_seconds, session.seen_at - self.absolute_seconds),
            )
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
                (
                    session.cookie_hash,
                    session.subject,
                    session.sid,
                    session.form_token,
                    json.dumps(dict(session.claims)),
                    json.dumps(dict(session.person)),
                    session.tokens.id_token,
                    session.tokens.access_token,
                    session.tokens.access_until,
                    session.tokens.refresh_token,
                    session.started_at,
                    session.seen_at,
                ),
            )
            return True

    def load(self, cookie: str, *, now: int) -> Session | None:
        """Return the session of this cookie and note that it was seen; None when it is unknown, idle too long or too old."""
        with self.store.transaction() as connection:
            row = connection.execute(
                "UPDATE sessions SET seen_at = ? WHERE cookie_hash = ? AND seen_at >= ? AND started_at >= ? RETURNING *",
                (now, hashed(cookie), now - self.idle_seconds, now - self.absolute_seconds),
            ).fetchone()
        return _session(row) if row is not None else None

    def find(self, cookie_hash: str) -> Session | None:
        """Return the session as it stands, for a request that `load` let in already."""
        with self.store.transaction() as connection:
            row = connection.execute("SELECT * FROM sessions WHERE cookie_hash = ?", (cookie_hash,)).fetchone()
        return _session(row) if row is not None else None

    def end(self, cookie_hash: str) -> None:
        """End one session."""
        with self.store.transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE cookie_hash = ?", (cookie_hash,))

    def end_by_provider(self, request: LogoutRequest, *, now: int) -> bool:
        """End what a logout token names; False when the token came before (its `jti` is known), and nothing ended."""
        with self.store.transaction() as connection:
            connection.execute("DELETE FROM logout_tokens WHERE forget_at < ?", (now,))
            connection.execute("DELETE FROM ended_sids WHERE forget_at < ?", (now,))
            fresh = connection.execute(
                "INSERT INTO logout_tokens VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING jti",
                (hashed(request.jti), request.forget_at),
            ).fetchone()
            if fresh is None:
                return False
            if request.sid is None:
                connection.execute("DELETE FROM sessions WHERE subject = ?", (request.subject,))
                return True
            connection.execute(
                "DELETE FROM sessions WHERE sid = ? AND subject = coalesce(?, subject)", (request.sid, request.subject)
            )
            # A sign-in may be between its code and its session at this moment: it must not open the session afterwards.
            connection.execute(
                "INSERT INTO ended_sids VALUES (?, ?) ON CONFLICT DO NOTHING",
                (request.sid, now + self.absolute_seconds),
            )
            return True

    def claim_refresh(self, session: Session, *, now: int, until: int) -> bool:
        """Take the right to refresh this session's tokens until `until`; False when another request holds it."""
        with self.store.transaction() as connection:
            won = connection.execute(
                "UPDATE sessions SET refresh_claimed_until = ? WHERE cookie_hash = ? AND refresh_token = ?"
                " AND refresh_claimed_until < ? RETURNING 1",
                (until, session.cookie_hash, session.tokens.refresh_token, now),
            ).fetchone()
        return won is not None

    def renew(self, session: Session) -> None:
        """Keep new tokens and claims of a session that still stands."""
        with self.store.transaction() as connection:
            connection.execute(
                "UPDATE sessions SET claims = ?, person = ?, id_token = ?, access_token = ?, access_until = ?,"
                " refresh_token = ?, refresh_claimed_until = 0 WHERE cookie_hash = ?",
                (
                    json.dumps(dict(session.claims)),
                    json.dumps(dict(session.person)),
                    session.tokens.id_token,
                    session.tokens.access_token,
                    session.tokens.access_until,
                    session.tokens.refresh_token,
                    session.cookie_hash,
                ),
            )


def _session(row: sqlite3.Row) -> Session:
    return Session(
        cookie_hash=row["cookie_hash"],
        subject=row["subject"],
        sid=row["sid"],
        form_token=row["form_token"],
        claims=json.loads(row["claims"]),
        person=json.loads(row["person"]),
        tokens=Tokens(row["id_token"], row["access_token"], row["access_until"], row["refresh_token"]),
        started_at=row["started_at"],
        seen_at=row["seen_at"],
    )
