"""What may be lost: parked interactions, authorization codes, replay marks, rate windows. Redis, or SQL without one.

Both keep the product's time: an entry carries its own expiry, so a moved clock moves every lifetime with it.
All methods raise StoreUnavailable when the store is away; a limit that cannot be counted is never taken as open.
"""

from typing import Protocol

from idp.clock import Clock
from idp.store.database import Database
from idp.store.redis_store import RedisStore
from idp.store.sql_store import SqlStore


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


def open_ephemeral_store(redis_url: str, database: Database, clock: Clock) -> EphemeralStore:
    """Return the Redis store when there is a `redis_url`, else the one in the database."""
    return RedisStore(redis_url, clock) if redis_url else SqlStore(database, clock)
