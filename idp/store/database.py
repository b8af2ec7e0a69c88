"""One engine for SQLite (WAL) or PostgreSQL, with timeouts, and the two ways to use it: `transaction` and `reading`.

SQLAlchemy Core only: a state change is one statement that tells whether this caller won, and no hot path loads an ORM.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

STATEMENT_TIMEOUT_MS = 2_500
LOCK_TIMEOUT_MS = 1_000
SQLITE_WAIT_MS = 5_000
POOL_WAIT_SECONDS = 2

_AFTERWARDS = "idp_afterwards"


class StoreUnavailable(Exception):
    """The database or Redis is away, too slow or full: answer 503, never guess."""


class Database:
    """The durable store. Thread-safe; make one a process, after forking."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        parsed = make_url(url)
        self.is_postgresql = parsed.get_backend_name() == "postgresql"
        if self.is_postgresql:
            options = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS}"
            self.engine = create_engine(
                url,
                pool_size=pool_size,
                max_overflow=0,
                pool_timeout=POOL_WAIT_SECONDS,
                pool_use_lifo=True,
                connect_args={"options": options, "connect_timeout": POOL_WAIT_SECONDS, "prepare_threshold": 1},
            )
        else:
            if parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine = create_engine(
                url,
                pool_size=pool_size,
                max_overflow=0,
                pool_timeout=SQLITE_WAIT_MS / 1000,
                pool_use_lifo=True,
                connect_args={"timeout": SQLITE_WAIT_MS / 1000, "check_same_thread": False},
            )
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_immediate)
        self._autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection whose statements commit together at the end, or not at all on an exception.

        Raises StoreUnavailable when the database is away, locked for too long or full.
        """
        try:
            with self.engine.begin() as connection:
                afterwards: list[Callable[[], None]] = []
                yield connection.execution_options(**{_AFTERWARDS: afterwards})
            for act in afterwards:
                act()
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise StoreUnavailable("database") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StoreUnavailable("database") from error
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that commits each statement by itself: for reads and for single atomic writes.

        Raises StoreUnavailable as `transaction` does.
        """
        try:
            with self._autocommit.connect() as connection:
                yield connection
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise StoreUnavailable("database") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StoreUnavailable("database") from error
            raise

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def after_commit(connection: Connection, act: Callable[[], None]) -> None:
    """Call `act` once what `connection` is doing is committed; never when it is rolled back.

    On a connection that commits each statement by itself, `act` is called at once.
    """
    afterwards = connection.get_execution_options().get(_AFTERWARDS)
    if afterwards is None:
        act()
    else:
        afterwards.append(act)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions behind our back: _begin_immediate does.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # A commit survives a crash of the program; a power cut may lose the last ones, never corrupt.
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    # Take the write lock at once: a transaction that starts reading and then writes could otherwise be refused midway.
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
