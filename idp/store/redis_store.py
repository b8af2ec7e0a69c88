"""The ephemeral store on Redis."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from idp.clock import Clock
from idp.store.database import StoreUnavailable

REDIS_WAIT_SECONDS = 2
# Sets the entry unless a live one is there. An entry starts with its expiry, so that the product's time decides.
_PUT_NEW = """
local there = redis.call('GET', KEYS[1])
if there and struct.unpack('>I8', there) > tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
return 1
"""


class RedisStore:
    """Each operation is one atomic command, pipeline or script. Safe for many threads."""

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


@contextmanager
def _redis_errors() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise StoreUnavailable("redis") from error
