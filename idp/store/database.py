"""One engine for SQLite (WAL) or PostgreSQL, with timeouts, and the two ways to use it: `transaction` and `reading`.

SQLAlchemy Core only: a state change is one statement that tells whether this caller won, and no hot path loads an ORM.
Connections stay in autocommit, where a single statement costs one round trip; `transaction` opens one by itself.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from idp.store import bounded_connection, driver
from idp.store.connections import Connections

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
        self._connections = Connections(self.engine, pool_size, POOL_WAIT_SECONDS)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection whose statements commit together at the end, or not at all on an exception.

        Raises StoreUnavailable when the database is away, locked for too long or full.
        """
        afterwards: list[Callable[[], None]] = []
        with _Use(self._connections) as connection:
            driver.execute(connection, self._begin)
            connection.info[_AFTERWARDS] = afterwards
            try:
                yield connection
                driver.commit(connection)
            except BaseException:
                driver.roll_back(connection)
                raise
            finally:
                if not connection.invalidated:
                    del connection.info[_AFTERWARDS]
        for act in afterwards:
            act()

    def reading(self) -> AbstractContextManager[Connection]:
        """Yield a connection that commits each statement by itself: for reads and for single atomic writes.

        Raises StoreUnavailable as `transaction` does.
        """
        return _Use(self._connections)

    def forget_old_versions(self) -> None:
        """Have SQLite write its file anew, so that neither the file nor its log keeps older text of a row.

        `secure_delete` wipes rows, and not what stays in a page's gap when an index is balanced. PostgreSQL does so by its
        own vacuuming.
        """
        if not self.is_postgresql:
            with self.reading() as connection:
                connection.exec_driver_sql("VACUUM")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close every pooled connection."""
        self._connections.close()


def after_commit(connection: Connection, act: Callable[[], None]) -> None:
    """Call `act` once what `connection` is doing is committed; never when it is rolled back.

    On a connection that commits each statement by itself, `act` is called at once: call this after the statement.
    """
    afterwards = connection.info.get(_AFTERWARDS)
    if afterwards is None:
        act()
    else:
        afterwards.append(act)


def in_transaction(connection: Connection) -> bool:
    """Whether what `connection` does may still be rolled back."""
    return _AFTERWARDS in connection.info


def _postgresql_engine(url: str, pool_size: int) -> Engine:
    options = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS}"
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        # What a statement was given stands in no error, and so in no log (SECURITY H3).
        hide_parameters=True,
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
        # What a statement was given stands in no error, and so in no log (SECURITY H3).
        hide_parameters=True,
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
    # What is deleted or written over leaves no text behind in the file.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


class _Use:
    """One use of a connection; what the driver raises in it leaves as StoreUnavailable when the database is away."""

    __slots__ = ("_connection", "_connections")

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def __enter__(self) -> Connection:
        try:
            self._connection = self._connections.take()
        except (DBAPIError, PoolTimeout) as error:
            if _is_away(error):
                raise StoreUnavailable("database") from error
            raise
        return self._connection

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._connections.give_back(self._connection)
        if error is not None and _is_away(error):
            raise StoreUnavailable("database") from error


def _is_away(error: BaseException) -> bool:
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated
