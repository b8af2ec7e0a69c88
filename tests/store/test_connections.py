"""Open connections are kept ready, counted, and dropped together when the server goes."""

from contextlib import ExitStack

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from idp.store.connections import Connections
from idp.store.database import Database, StoreUnavailable
from tests.servers.postgresql import PostgreSQL
from tests.servers.stores import Stores


def test_the_one_used_last_is_taken_first_and_there_are_no_more_than_said() -> None:
    connections = Connections(create_engine("sqlite://", isolation_level="AUTOCOMMIT"), 2, 0.05)
    first, second = connections.take(), connections.take()
    with pytest.raises(PoolTimeout):
        connections.take()
    connections.give_back(second)
    connections.give_back(first)
    assert connections.take() is first
    connections.close()


def test_a_connection_comes_back_without_a_transaction(stores: Stores) -> None:
    with stores.database.reading() as connection:
        connection.execute(select(1))
        assert connection.in_transaction()
    with stores.database.reading() as again:
        assert again is connection
        assert not again.in_transaction()


def test_when_the_server_goes_one_request_learns_it_and_not_each_connection(postgresql: PostgreSQL) -> None:
    name = postgresql.create_database()
    database = Database(postgresql.url(name))
    with ExitStack() as open_at_once:
        for _ in range(4):
            open_at_once.enter_context(database.reading()).execute(select(1))
    postgresql.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")
    with pytest.raises(StoreUnavailable), database.reading() as connection:
        connection.execute(text("SELECT 1"))
    for _ in range(4):
        with database.reading() as connection:
            assert connection.execute(select(1)).scalar() == 1
    database.close()
    postgresql.drop_database(name)
