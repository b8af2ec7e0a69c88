"""Tells every worker that something it keeps in memory (clients, keys, modules) has changed, within a second.

A writer calls `bump` in its own transaction. A reader asks `Versions.current`, which looks at the database at most once
a second in each process; while the database is away the last known version holds, so what is cached keeps serving.
"""

import threading
import time

from sqlalchemy import BigInteger, Column, Connection, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.store.database import Database, StoreUnavailable
from idp.store.tables import metadata

versions = Table(
    "versions",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("version", BigInteger, nullable=False),
)

LOOK_EVERY_SECONDS = 1.0


def bump(connection: Connection, name: str) -> None:
    """Announce, when the caller's transaction commits, that what is kept under `name` has changed."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(versions).values(name=name, version=1)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"version": versions.c.version + 1})
    )


class Versions:
    """This process's view of the versions. Thread-safe."""

    def __init__(self, database: Database, look_every_seconds: float = LOOK_EVERY_SECONDS) -> None:
        self._database = database
        self._look_every_seconds = look_every_seconds
        self._known: dict[str, int] | None = None
        self._looked_at = float("-inf")
        self._lock = threading.Lock()

    def current(self, name: str) -> int:
        """Return the version of `name`; 0 when it was never bumped. At most a second old."""
        # The machine's monotonic clock: this is a polling interval, not the product's time.
        if time.monotonic() - self._looked_at >= self._look_every_seconds and self._lock.acquire(blocking=False):
            try:
                with self._database.reading() as connection:
                    rows = connection.execute(select(versions.c.name, versions.c.version)).all()
                self._known = {row.name: row.version for row in rows}
            except StoreUnavailable:
                if self._known is None:
                    raise
            finally:
                self._looked_at = time.monotonic()
                self._lock.release()
        return (self._known or {}).get(name, 0)
