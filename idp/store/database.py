"""One engine for SQLite (WAL) or PostgreSQL, with timeouts, and the two ways to use it: `transaction` and `reading`.

SQLAlchemy Core only: a state change is one statement that tells whether this caller won, and no hot path loads an ORM.
Connections stay in autocommit, where a single statement costs one round trip; `transaction` opens one by itself.
"""

import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from idp.store import bounded_connection, driver

STATEMENT_TIMEOUT_MS = 2_500
LOCK_TIMEOUT_MS = 1_000
SQLITE_WAIT_MS = 5_000
POOL_WAIT_SECONDS = 2
ANSWER_WAIT_MS = 4_000
"""How long a server that accepts packets and answers nothing is waited for: longer than its own statement timeout."""

_AFTERWARDS = "idp_afterwards"


class StoreUnavailable(Exception):
    """The database or Redis is away, too slow or full: answer 503, never guess."""


class Database:
    """The durable store. Thread-safe; a process that forks leaves its connections to the parent."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        parsed = make_url(url)
        self.is_postgresql = parsed.get_backend_name() == "postgresql"
        if self.is_postgresql:
            self.engine = _postgresql_engine(url, pool_size)
        else:
            if parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine = _sqlite_engine(url, pool_size)
        # SQLite takes the write lock at once: a transaction that reads and then writes could be refused midway.
        self._begin = "BEGIN" if self.is_postgresql else "BEGIN IMMEDIATE"
        _forget_connections_when_forked(self.engine)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection whose statements commit together at the end, or not at all on an exception.

        Raises StoreUnavailable when the database is away, locked for too long or full.
        """
        afterwards: list[Callable[[], None]] = []
        with _store_errors(), self.engine.connect() as connection:
            driver.execute(connection, self._begin)
            try:
                yield connection.execution_options(**{_AFTERWARDS: afterwards})
                driver.commit(connection)
            except BaseException:
                driver.roll_back(connection)
                raise
        for act in afterwards:
            act()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that commits each statement by itself: for reads and for single atomic writes.

        Raises StoreUnavailable as `transaction` does.
        """
        with _store_errors(), self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def after_commit(connection: Connection, act: Callable[[], None]) -> None:
    """Call `act` once what `connection` is doing is committed; never when it is rolled back.

    On a connection that commits each statement by itself, `act` is called at once: call this after the statement.
    """
    afterwards = connection.get_execution_options().get(_AFTERWARDS)
    if afterwards is None:
        act()
    else:
        afterwards.append(act)


def _postgresql_engine(url: str, pool_size: int) -> Engine:
    options = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS}"
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_use_lifo=True,
        # `transaction` leaves none open, and outside of it every statement is its own.
        pool_reset_on_return=None,
        connect_args={
            "options": options,
            "connect_timeout": POOL_WAIT_SECONDS,
            "prepare_threshold": 1,
            # A server that vanished without a word (power, network) is noticed as fast as one that is stuck.
            "tcp_user_timeout": ANSWER_WAIT_MS,
        },
    )
    event.listen(engine, "do_connect", bounded_connection.connector(ANSWER_WAIT_MS / 1000))
    return engine


def _sqlite_engine(url: str, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=SQLITE_WAIT_MS / 1000,
        pool_use_lifo=True,
        # `transaction` leaves none open, and outside of it every statement is its own.
        pool_reset_on_return=None,
        connect_args={"timeout": SQLITE_WAIT_MS / 1000, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # A commit survives a crash of the program; a power cut may lose the last ones, never corrupt.
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _forget_connections_when_forked(engine: Engine) -> None:
    known = weakref.ref(engine)

    def forget() -> None:
        if (ours := known()) is not None:
            ours.dispose(close=False)

    os.register_at_fork(after_in_child=forget)


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise StoreUnavailable("database") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StoreUnavailable("database") from error
        raise
