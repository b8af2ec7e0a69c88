"""Transactions, single statements, round trips, threads and forks, on both databases."""

import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import IntegrityError

from idp.store.database import Database, StoreUnavailable, after_commit
from idp.store.versions import Versions, bump, versions
from tests.servers.stores import Stores
from tests.store.processes import in_processes


class Interrupted(Exception):
    """Something went wrong in mid transaction."""


def bump_and_stop(connection: Connection, afterwards: Callable[[], None] = lambda: None) -> None:
    bump(connection, "a")
    after_commit(connection, afterwards)
    raise Interrupted


def known(stores: Stores) -> dict[str, int]:
    with stores.database.reading() as connection:
        return {row.name: row.version for row in connection.execute(select(versions))}


def test_a_transaction_commits_all_or_nothing(stores: Stores) -> None:
    with stores.database.transaction() as connection:
        bump(connection, "a")
        bump(connection, "b")
    with pytest.raises(Interrupted), stores.database.transaction() as connection:
        bump_and_stop(connection)
    assert known(stores) == {"a": 1, "b": 1}


def test_a_single_statement_commits_by_itself(stores: Stores) -> None:
    with pytest.raises(Interrupted), stores.database.reading() as connection:
        bump_and_stop(connection)
    assert known(stores) == {"a": 1}


def test_a_broken_rule_is_not_mistaken_for_a_store_that_is_away(stores: Stores) -> None:
    with stores.database.transaction() as connection:
        bump(connection, "a")
    with pytest.raises(IntegrityError), stores.database.transaction() as connection:
        connection.execute(insert(versions).values(name="a", version=7))
    assert known(stores) == {"a": 1}


def test_what_comes_after_a_commit_comes_only_then(stores: Stores) -> None:
    done: list[str] = []
    with stores.database.transaction() as connection:
        after_commit(connection, lambda: done.append("committed"))
        bump(connection, "a")
        assert done == []
    assert done == ["committed"]
    with pytest.raises(Interrupted), stores.database.transaction() as connection:
        bump_and_stop(connection, lambda: done.append("rolled back"))
    with stores.database.reading() as connection:
        bump(connection, "a")
        after_commit(connection, lambda: done.append("by itself"))
    assert done == ["committed", "by itself"]


def test_a_hundred_writers_at_once_all_get_through(stores: Stores) -> None:
    def write(_: int) -> None:
        with stores.database.transaction() as connection:
            bump(connection, "a")
        with stores.database.reading() as connection:
            bump(connection, "b")

    with ThreadPoolExecutor(100) as pool:
        list(pool.map(write, range(300)))
    assert known(stores) == {"a": 300, "b": 300}


def bump_a_hundred_times(url: str) -> None:
    database = Database(url)
    for _ in range(100):
        with database.transaction() as connection:
            bump(connection, "a")
    database.close()


def test_five_processes_at_once_lose_no_write(stores: Stores) -> None:
    assert in_processes(5, bump_a_hundred_times, stores.database_url) == [None] * 5
    assert known(stores) == {"a": 500}


def test_a_transaction_that_reads_first_and_then_writes_is_never_refused(stores: Stores) -> None:
    def read_then_write(_: int) -> None:
        with stores.database.transaction() as connection:
            connection.execute(select(versions)).all()
            bump(connection, "a")

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(read_then_write, range(60)))
    assert known(stores) == {"a": 60}


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_uses_connections_of_its_own(stores: Stores) -> None:
    with stores.database.transaction() as connection:
        bump(connection, "a")
    child = os.fork()
    if child == 0:
        with stores.database.transaction() as connection:
            bump(connection, "a")
        stores.database.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert known(stores) == {"a": 2}


def test_a_read_on_postgresql_is_one_round_trip(stores: Stores, tmp_path: Path) -> None:
    if stores.name != "postgresql":
        pytest.skip("SQLite has no round trips")
    trace = tmp_path / "trace"

    def read() -> None:
        with stores.database.reading() as connection:
            connection.execute(text("SELECT 1"))

    read()
    read()
    with stores.database.reading() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        libpq = raw.pgconn
    with trace.open("w") as file:
        libpq.trace(file.fileno())
        read()
        libpq.untrace()
    assert trace.read_text().count("ReadyForQuery") == 1


def test_a_worker_notices_what_another_announces(stores: Stores) -> None:
    worker = Versions(stores.database, look_every_seconds=0)
    assert worker.current("keys") == 0
    with stores.database.transaction() as connection:
        bump(connection, "keys")
        bump(connection, "keys")
    assert worker.current("keys") == 2
    assert worker.current("clients") == 0


def test_a_worker_looks_no_more_often_than_it_should(stores: Stores) -> None:
    worker = Versions(stores.database, look_every_seconds=3_600)
    assert worker.current("keys") == 0
    with stores.database.transaction() as connection:
        bump(connection, "keys")
    assert worker.current("keys") == 0


def test_a_lock_held_too_long_is_a_store_that_is_away(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    if stores.name == "sqlite":
        monkeypatch.setattr("idp.store.database.SQLITE_WAIT_MS", 300)
    database = Database(stores.database_url)
    with stores.database.transaction() as connection:
        bump(connection, "a")
        with pytest.raises(StoreUnavailable), database.transaction() as other:
            bump(other, "a")
    with database.transaction() as other:
        bump(other, "a")
    database.close()
    assert known(stores) == {"a": 2}


def test_a_pool_that_is_exhausted_is_a_store_that_is_away(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.store.database.SQLITE_WAIT_MS", 300)
    monkeypatch.setattr("idp.store.database.POOL_WAIT_SECONDS", 2)
    database = Database(stores.database_url, pool_size=1)
    release, taken = threading.Event(), threading.Event()

    def hold() -> None:
        with database.reading() as connection:
            connection.execute(text("SELECT 1"))
            taken.set()
            release.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait()
    with pytest.raises(StoreUnavailable), database.reading():
        pass
    release.set()
    holder.join()
    database.close()


def test_sqlite_is_in_wal_mode_with_foreign_keys(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'idp.sqlite3'}")
    with database.reading() as connection:
        modes = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")]
    database.close()
    assert modes == ["wal", 1]


def test_a_read_only_sqlite_file_is_a_store_that_is_away_for_writers(tmp_path: Path) -> None:
    file = tmp_path / "idp.sqlite3"
    sqlite3.connect(file).execute("CREATE TABLE versions (name TEXT PRIMARY KEY, version INTEGER)").connection.close()
    database = Database(f"sqlite:///{file}?mode=ro&uri=true")
    with pytest.raises(StoreUnavailable), database.transaction() as connection:
        bump(connection, "a")
    database.close()
