"""A module's own SQLite store: one connection behind a lock, shared by the threads of one process."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Store:
    """A database file, or ":memory:" for one that ends with the process. `tables`: what to create if it is not there."""

    def __init__(self, database: str, tables: str) -> None:
        self._lock = threading.RLock()
        if database != ":memory:":
            Path(database).touch(mode=0o600)  # it holds tokens; SQLite would make it readable for everybody
        # isolation_level None: transactions begin and end where this file says, not where the driver guesses.
        self._connection = sqlite3.connect(database, check_same_thread=False, isolation_level=None, timeout=5)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.executescript(tables)

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
