"""Stores that are gone, stuck or slow: an answer in bounded time, and recovery without a restart (SECURITY 4.1, 4.3, 4.5)."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from idp.store.database import ANSWER_WAIT_MS, POOL_WAIT_SECONDS, STATEMENT_TIMEOUT_MS, Database, StoreUnavailable
from idp.store.redis_store import REDIS_WAIT_SECONDS, RedisStore
from idp.store.versions import Versions, bump
from tests.servers.clock import HandClock
from tests.servers.postgresql import PostgreSQL
from tests.servers.redis_server import RedisServer
from tests.store.line import Line

SLACK_SECONDS = 1.5


@pytest.fixture
def database(postgresql: PostgreSQL, database_line: Line) -> Iterator[Database]:
    """A database whose line can be cut or frozen, with a pool that has been used."""
    name = postgresql.create_database()
    opened = Database(postgresql.url(name).replace(f":{postgresql.port}/", f":{database_line.port}/"))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: answer(opened), range(8)))
    yield opened
    opened.close()
    postgresql.drop_database(name)


@pytest.fixture
def redis_store(redis_server: RedisServer, redis_line: Line, clock: HandClock) -> Iterator[RedisStore]:
    """A Redis whose line can be cut or frozen, with a connection that has been used."""
    store = RedisStore(redis_server.fresh_url().replace(f":{redis_server.port}/", f":{redis_line.port}/"), clock)
    store.put("kind:id", b"value", 600)
    yield store
    store.close()


def answer(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(text("SELECT 42")).scalar_one())


@contextmanager
def unavailable_within(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    with pytest.raises(StoreUnavailable):
        yield
    assert time.monotonic() - began < seconds + SLACK_SECONDS


def test_a_database_that_is_gone_is_unavailable_at_once_and_comes_back(database: Database, database_line: Line) -> None:
    with database_line.cut():
        for _ in range(3):
            with unavailable_within(0):
                answer(database)
            with unavailable_within(0), database.transaction() as connection:
                bump(connection, "a")
    assert [answer(database) for _ in range(10)] == [42] * 10


def test_a_database_that_is_stuck_is_unavailable_in_bounded_time_and_comes_back(
    database: Database, database_line: Line
) -> None:
    with database_line.frozen(), unavailable_within(ANSWER_WAIT_MS / 1000):
        answer(database)
    assert [answer(database) for _ in range(10)] == [42] * 10


def test_a_database_that_is_stuck_in_mid_transaction_lets_go(database: Database, database_line: Line) -> None:
    with unavailable_within(ANSWER_WAIT_MS / 1000), database.transaction() as connection:
        bump(connection, "a")
        with database_line.frozen():
            bump(connection, "b")
    assert Versions(database).current("a") == 0


def test_a_new_connection_to_a_stuck_database_gives_up(postgresql: PostgreSQL, database_line: Line) -> None:
    fresh = Database(f"postgresql+psycopg://mes@127.0.0.1:{database_line.port}/postgres")
    with database_line.frozen(), unavailable_within(POOL_WAIT_SECONDS):
        answer(fresh)
    fresh.close()


def test_a_statement_that_takes_too_long_is_ended_by_the_server(database: Database) -> None:
    with unavailable_within(STATEMENT_TIMEOUT_MS / 1000), database.reading() as connection:
        connection.execute(text("SELECT pg_sleep(30)"))
    assert answer(database) == 42


def test_connections_ended_by_the_server_are_dropped(database: Database, postgresql: PostgreSQL) -> None:
    name = database.engine.url.database
    postgresql.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    with pytest.raises(StoreUnavailable):
        answer(database)
    assert [answer(database) for _ in range(10)] == [42] * 10


def test_versions_hold_while_the_database_is_away(database: Database, database_line: Line) -> None:
    with database.transaction() as connection:
        bump(connection, "keys")
    worker = Versions(database, look_every_seconds=0)
    assert worker.current("keys") == 1
    with database_line.cut():
        assert worker.current("keys") == 1
    with database.transaction() as connection:
        bump(connection, "keys")
    assert worker.current("keys") == 2


def test_a_worker_that_never_saw_the_database_knows_no_version(database: Database, database_line: Line) -> None:
    with database_line.cut(), pytest.raises(StoreUnavailable):
        Versions(database).current("keys")


def test_a_redis_that_is_gone_is_unavailable_at_once_and_comes_back(redis_store: RedisStore, redis_line: Line) -> None:
    with redis_line.cut():
        for act in (
            lambda: redis_store.get("kind:id"),
            lambda: redis_store.take("kind:id"),
            lambda: redis_store.put("kind:id", b"", 60),
            lambda: redis_store.put_new("kind:new", b"", 60),
            lambda: redis_store.count("kind:rate", 60),
            lambda: redis_store.discard("kind:id"),
        ):
            with unavailable_within(0):
                act()
    assert redis_store.get("kind:id") == b"value"


def test_a_redis_that_is_stuck_is_unavailable_in_bounded_time_and_comes_back(
    redis_store: RedisStore, redis_line: Line
) -> None:
    with redis_line.frozen(), unavailable_within(REDIS_WAIT_SECONDS):
        redis_store.count("kind:rate", 60)
    # The answer that came late is nobody's: the next caller gets its own.
    assert redis_store.get("kind:id") == b"value"
