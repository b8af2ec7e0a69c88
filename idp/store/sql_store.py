"""The ephemeral store in the database, where there is no Redis."""

import threading
import time
from contextlib import suppress

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.clock import Clock
from idp.store.database import Database, StoreUnavailable
from idp.store.prepared import Prepared
from idp.store.tables import Moment, metadata

SWEEP_EVERY_SECONDS = 5
SWEEP_MOST = 1_000

ephemeral_entries = Table(
    "ephemeral_entries",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("hits", Integer, nullable=False, default=0),
    Column("expires_at", Moment, nullable=False),
    Index("ix_ephemeral_entries_expires_at", "expires_at"),
)

_entry = ephemeral_entries.c
_GET = Prepared(select(_entry.value).where(_entry.key == bindparam("key"), _entry.expires_at > bindparam("now")))
_TAKE = Prepared(
    delete(ephemeral_entries).where(_entry.key == bindparam("key")).returning(_entry.value, _entry.expires_at)
)
_DISCARD = Prepared(delete(ephemeral_entries).where(_entry.key == bindparam("key")))


class SqlStore:
    """Survives restarts, works with several workers, needs no second server.

    It sweeps its expired entries itself, a few with a write now and then.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._swept_at = time.monotonic()
        self._sweeping = threading.Lock()
        insert = postgresql.insert if database.is_postgresql else sqlite.insert
        new = insert(ephemeral_entries).values(
            key=bindparam("key"), value=bindparam("value"), hits=bindparam("hits"), expires_at=bindparam("expires_at")
        )
        kept = {"value": new.excluded.value, "expires_at": new.excluded.expires_at}
        self._put = Prepared(new.on_conflict_do_update(index_elements=["key"], set_=kept))
        self._put_new = Prepared(
            new.on_conflict_do_update(
                index_elements=["key"], set_=kept, where=_entry.expires_at <= bindparam("now")
            ).returning(_entry.key)
        )
        self._count = Prepared(
            new.on_conflict_do_update(index_elements=["key"], set_={"hits": _entry.hits + 1}).returning(_entry.hits)
        )

    def put(self, key: str, value: bytes, seconds: int) -> None:
        """See EphemeralStore."""
        entry = {"key": key, "value": value, "hits": 0, "expires_at": self._clock.now() + seconds}
        with self._database.reading() as connection:
            self._put.run(connection, entry)
        self._sweep_now_and_then()

    def put_new(self, key: str, value: bytes, seconds: int) -> bool:
        """See EphemeralStore."""
        now = self._clock.now()
        entry = {"key": key, "value": value, "hits": 0, "expires_at": now + seconds, "now": now}
        with self._database.reading() as connection:
            won = self._put_new.first(connection, entry)
        self._sweep_now_and_then()
        return won is not None

    def get(self, key: str) -> bytes | None:
        """See EphemeralStore."""
        with self._database.reading() as connection:
            row = _GET.first(connection, {"key": key, "now": self._clock.now()})
        return None if row is None else row.value

    def take(self, key: str) -> bytes | None:
        """See EphemeralStore."""
        with self._database.reading() as connection:
            row = _TAKE.first(connection, {"key": key})
        return row.value if row is not None and row.expires_at > self._clock.now() else None

    def discard(self, key: str) -> None:
        """See EphemeralStore."""
        with self._database.reading() as connection:
            _DISCARD.run(connection, {"key": key})

    def count(self, key: str, seconds: int) -> int:
        """See EphemeralStore."""
        window = self._clock.now() // seconds
        entry = {"key": f"{key}:{window}", "value": b"", "hits": 1, "expires_at": (window + 1) * seconds}
        with self._database.reading() as connection:
            hits: int = self._count.one(connection, entry).hits
        self._sweep_now_and_then()
        return hits

    def sweep(self, most: int = SWEEP_MOST) -> int:
        """Delete up to `most` expired entries; return how many went."""
        expired = select(_entry.key).where(_entry.expires_at <= self._clock.now()).limit(most)
        with self._database.reading() as connection:
            return connection.execute(delete(ephemeral_entries).where(_entry.key.in_(expired))).rowcount

    def _sweep_now_and_then(self) -> None:
        # The machine's monotonic clock: how often to clean up, not how long anything lives.
        if time.monotonic() - self._swept_at < SWEEP_EVERY_SECONDS or not self._sweeping.acquire(blocking=False):
            return
        try:
            # What the caller did is done; a sweep that finds the database away is left to a later write.
            with suppress(StoreUnavailable):
                if self.sweep() < SWEEP_MOST:
                    self._swept_at = time.monotonic()
        finally:
            self._sweeping.release()
