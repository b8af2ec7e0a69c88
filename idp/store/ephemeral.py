"""What may be lost: parked interactions, authorization codes, replay marks, rate windows. Redis, or SQL without one.

Both keep the product's time: an entry carries its own expiry, so a moved clock moves every lifetime with it.
All methods raise StoreUnavailable when the store is away; a limit that cannot be counted is never taken as open.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.clock import Clock
from idp.store.database import Database, StoreUnavailable
from idp.store.prepared import Prepared
from idp.store.tables import Moment, metadata

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


class EphemeralStore(Protocol):
    """Keys are ASCII, 200 characters at most, named `<kind>:<id>`; `seconds` is how long an entry lives."""

    def put(self, key: str, value: bytes, seconds: int) -> None:
        """Keep `value`, replacing what was there."""
        ...

    def put_new(self, key: str, value: bytes, seconds: int) -> bool:
        """Keep `value` unless a live entry is there; tell whether this caller won."""
        ...

    def get(self, key: str) -> bytes | None:
        """Return the live value, or None."""
        ...

    def take(self, key: str) -> bytes | None:
        """Remove and return the live value; of many callers at once, one gets it."""
        ...

    def discard(self, key: str) -> None:
        """Remove the entry if it is there."""
        ...

    def count(self, key: str, seconds: int) -> int:
        """Count a hit and return the hits in the current fixed window of `seconds`, this one included."""
        ...


REDIS_WAIT_SECONDS = 2
SWEEP_EVERY_SECONDS = 5
SWEEP_MOST = 1_000

# Sets the entry unless a live one is there. An entry starts with its expiry, so that the product's time decides.
_PUT_NEW = """
local there = redis.call('GET', KEYS[1])
if there and struct.unpack('>I8', there) > tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
return 1
"""


class RedisStore:
    """The ephemeral store on Redis: each operation is one atomic command, pipeline or script."""

    # Redis keeps an entry a little longer than it lives: two machines' seconds are not the same.
    _MARGIN_SECONDS = 60

    def __init__(self, url: str, clock: Clock) -> None:
        self._clock = clock
        self._redis = redis.Redis.from_url(
            url,
            socket_timeout=REDIS_WAIT_SECONDS,
            socket_connect_timeout=REDIS_WAIT_SECONDS,
            health_check_interval=15,
            # Never again by itself: a take or a count whose answer was lost may have happened.
            retry=Retry(NoBackoff(), 0),
        )
        self._put_new = self._redis.register_script(_PUT_NEW)

    def put(self, key: str, value: bytes, seconds: int) -> None:
        """See EphemeralStore."""
        with _redis_errors():
            self._redis.set(key, self._wrap(value, seconds), ex=seconds + self._MARGIN_SECONDS)

    def put_new(self, key: str, value: bytes, seconds: int) -> bool:
        """See EphemeralStore."""
        arguments: list[bytes | int] = [self._wrap(value, seconds), self._clock.now(), seconds + self._MARGIN_SECONDS]
        with _redis_errors():
            return bool(self._put_new(keys=[key], args=arguments))

    def get(self, key: str) -> bytes | None:
        """See EphemeralStore."""
        with _redis_errors():
            return self._unwrap(cast("bytes | None", self._redis.get(key)))

    def take(self, key: str) -> bytes | None:
        """See EphemeralStore."""
        with _redis_errors():
            return self._unwrap(cast("bytes | None", self._redis.getdel(key)))

    def discard(self, key: str) -> None:
        """See EphemeralStore."""
        with _redis_errors():
            self._redis.delete(key)

    def count(self, key: str, seconds: int) -> int:
        """See EphemeralStore."""
        window = f"{key}:{self._clock.now() // seconds}"
        with _redis_errors(), self._redis.pipeline(transaction=True) as pipeline:
            pipeline.incr(window)
            pipeline.expire(window, seconds + self._MARGIN_SECONDS)
            return int(pipeline.execute()[0])

    def close(self) -> None:
        """Close every pooled connection."""
        self._redis.close()

    def _wrap(self, value: bytes, seconds: int) -> bytes:
        return (self._clock.now() + seconds).to_bytes(8, "big") + value

    def _unwrap(self, entry: bytes | None) -> bytes | None:
        if entry is None or int.from_bytes(entry[:8], "big") <= self._clock.now():
            return None
        return entry[8:]


class SqlStore:
    """The ephemeral store in the database: survives restarts, works with several workers, needs no second server.

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


def open_ephemeral_store(redis_url: str, database: Database, clock: Clock) -> EphemeralStore:
    """Return the Redis store when there is a `redis_url`, else the one in the database."""
    return RedisStore(redis_url, clock) if redis_url else SqlStore(database, clock)


@contextmanager
def _redis_errors() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise StoreUnavailable("redis") from error
