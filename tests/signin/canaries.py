"""Looks for words in everything that the stores keep."""

from pathlib import Path

from sqlalchemy import inspect, text

from tests.servers.stores import Stores


def found_in(stores: Stores, words: list[str]) -> list[str]:
    """Return where which of `words` stands in any table, in the file of SQLite, or in Redis."""
    found = []
    for name in inspect(stores.database.engine).get_table_names():
        with stores.database.reading() as connection:
            rows = connection.execute(text(f'SELECT * FROM "{name}"')).mappings().all()
        for row in rows:
            for column, value in row.items():
                kept = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                found += [f"{name}.{column}: {word}" for word in words if word.lower().encode() in kept.lower()]
    if stores.name == "sqlite":
        for suffix in ("", "-wal"):
            kept = Path(f"{stores.database.engine.url.database}{suffix}").read_bytes().lower()
            found += [f"the file{suffix}: {word}" for word in words if word.lower().encode() in kept]
    if stores.redis_url:
        found += _in_redis(stores.redis_url, words)
    return found


def _in_redis(url: str, words: list[str]) -> list[str]:
    import redis

    with redis.Redis.from_url(url) as connection:
        kept = {key: connection.dump(key) or b"" for key in connection.keys("*")}
    return [
        f"redis {key!r}: {word}"
        for key, value in kept.items()
        for word in words
        if word.lower().encode() in key.lower() + value.lower()
    ]
