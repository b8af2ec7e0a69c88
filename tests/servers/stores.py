"""The two pairs of stores that the product runs on, fresh for each test: SQLite alone, and PostgreSQL with Redis."""

import pkgutil
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import idp
from idp.clock import Clock
from idp.store.database import Database
from idp.store.ephemeral import EphemeralStore, open_ephemeral_store
from idp.store.tables import metadata
from tests.servers.clock import HandClock
from tests.servers.postgresql import PostgreSQL
from tests.servers.redis_server import RedisServer


@dataclass(frozen=True)
class Stores:
    """A durable store with all tables and an ephemeral one, both empty."""

    name: str
    """`sqlite` or `postgresql`."""
    database_url: str
    redis_url: str
    """Empty with SQLite: the ephemeral store is then in the database."""
    database: Database
    ephemeral: EphemeralStore
    clock: HandClock


def import_tables() -> None:
    """Have every room declare its tables."""
    for module in pkgutil.walk_packages(idp.__path__, "idp."):
        if module.name.endswith((".model", ".ephemeral", ".versions")):
            import_module(module.name)


def build_schema(url: str) -> None:
    """Make every table of the house in the database at `url`."""
    import_tables()
    database = Database(url, pool_size=1)
    metadata.create_all(database.engine)
    database.close()


@contextmanager
def sqlite_stores(template: Path, folder: Path, clock: HandClock) -> Iterator[Stores]:
    """Yield SQLite alone, in `folder`, from the `template` file."""
    file = folder / "idp.sqlite3"
    shutil.copy(template, file)
    yield from _open("sqlite", f"sqlite:///{file}", "", clock)


@contextmanager
def postgresql_stores(postgresql: PostgreSQL, redis_server: RedisServer, clock: HandClock) -> Iterator[Stores]:
    """Yield PostgreSQL with Redis, on the run's servers."""
    name = postgresql.lend_database()
    try:
        yield from _open("postgresql", postgresql.url(name), redis_server.fresh_url(), clock)
    finally:
        postgresql.take_back(name)


def _open(name: str, database_url: str, redis_url: str, clock: HandClock) -> Iterator[Stores]:
    database = Database(database_url)
    try:
        yield Stores(name, database_url, redis_url, database, _ephemeral(redis_url, database, clock), clock)
    finally:
        database.close()


def _ephemeral(redis_url: str, database: Database, clock: Clock) -> EphemeralStore:
    return open_ephemeral_store(redis_url, database, clock)
