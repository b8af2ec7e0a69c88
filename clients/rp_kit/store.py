"""The module's own SQLite store: one connection behind a lock, shared by the threads of one process."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_TABLES = """
CREATE TABLE IF NOT EXISTS logins (
  state_hash TEXT PRIMARY KEY, browser_hash TEXT NOT NULL, nonce TEXT NOT NULL, verifier TEXT NOT NULL,
  return_to TEXT NOT NULL, acr_values TEXT NOT NULL, max_age INTEGER, expires_at INTEGER NOT NULL
);
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


class Store:
    """A database file, or ":memory:" for one that ends with the process."""

    def __init__(self, database: str) -> None:
        self._lock = threading.RLock()
        # isolation_level None: transactions begin and end where this file says, not where the driver guesses.
        self._connection = sqlite3.connect(database, check_same_thread=False, isolation_level=None, timeout=5)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.executescript(_TABLES)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the store alone; commit at the end, roll back when the block raises."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the connection; nothing may be asked afterwards."""
        with self._lock:
            self._connection.close()
