"""Prepared statements do what Core does, on both databases."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Boolean, Column, LargeBinary, MetaData, String, Table, bindparam, delete, insert, select, text
from sqlalchemy import update as core_update
from sqlalchemy.exc import IntegrityError

from idp.store.database import Database, StoreUnavailable
from idp.store.prepared import Prepared
from tests.servers.postgresql import PostgreSQL
from tests.servers.stores import Stores

_things = Table(
    "things",
    MetaData(),
    Column("name", String(20), primary_key=True),
    Column("is_good", Boolean, nullable=False),
    Column("content", LargeBinary),
)
_ADD = Prepared(
    insert(_things).values(name=bindparam("name"), is_good=bindparam("is_good"), content=bindparam("content")).inline()
)
_FIND = Prepared(
    select(_things.c.name, _things.c.is_good.label("good"), _things.c.content).where(
        _things.c.name.like(bindparam("pattern")), _things.c.is_good.is_(True)
    )
)
_RENAME = Prepared(
    core_update(_things).where(_things.c.is_good.is_(True)).values(name=bindparam("new")).returning(_things.c.name)
)
_REMOVE = Prepared(delete(_things).where(_things.c.is_good == bindparam("is_good")))


@pytest.fixture
def database(stores: Stores) -> Iterator[Database]:
    _things.metadata.create_all(stores.database.engine)
    with stores.database.transaction() as connection:
        _ADD.run(connection, {"name": "one", "is_good": True, "content": b"\x00\xff"})
    return stores.database


def test_a_row_has_names_and_the_types_of_its_columns(database: Database) -> None:
    with database.reading() as connection:
        row = _FIND.first(connection, {"pattern": "o%"})
        assert _FIND.first(connection, {"pattern": "x%"}) is None
    assert row == ("one", True, b"\x00\xff")
    assert (row.name, row.good) == ("one", True)
    assert isinstance(row.good, bool)


def test_a_write_tells_what_it_changed_and_commits_by_itself(database: Database) -> None:
    with database.reading() as connection:
        assert _RENAME.first(connection, {"new": "two"}).name == "two"
    with database.reading() as connection:
        assert connection.execute(select(_things.c.name)).scalars().all() == ["two"]
        assert _REMOVE.run(connection, {"is_good": False}) == 0
        assert _REMOVE.run(connection, {"is_good": True}) == 1


def test_a_write_that_returns_many_rows_is_complete(database: Database) -> None:
    all_away = Prepared(delete(_things).returning(_things.c.name))
    with database.transaction() as connection:
        for number in range(10):
            _ADD.run(connection, {"name": str(number), "is_good": True, "content": None})
    with database.reading() as connection:
        assert all_away.first(connection) is not None
    with database.reading() as connection:
        assert connection.execute(select(_things)).first() is None


def _change_and_fail(database: Database) -> None:
    with database.transaction() as connection:
        _ADD.run(connection, {"name": "two", "is_good": True, "content": None})
        connection.execute(delete(_things).where(_things.c.name == "one"))
        assert _FIND.first(connection, {"pattern": "one"}) is None
        raise ZeroDivisionError


def test_a_transaction_mixes_both_ways_and_goes_back_as_one(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        _change_and_fail(database)
    with database.reading() as connection:
        assert connection.execute(select(_things.c.name)).scalars().all() == ["one"]


def test_an_error_leaves_as_core_raises_it(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as connection:
        _ADD.run(connection, {"name": "one", "is_good": True, "content": None})
    with database.reading() as connection:
        assert _FIND.first(connection, {"pattern": "one"}) is not None


def test_a_list_is_refused(database: Database) -> None:
    listed = Prepared(select(_things).where(_things.c.name.in_(bindparam("names", expanding=True))))
    with database.reading() as connection, pytest.raises(ValueError, match="list"):
        listed.first(connection, {"names": ["one"]})


def _lose_the_server(database: Database) -> None:
    with database.reading() as connection:
        with database.reading() as other:
            own = connection.execute(text("SELECT pg_backend_pid()")).scalar()
            other.execute(text("SELECT pg_terminate_backend(:own, 5000)"), {"own": own})
        Prepared(text("SELECT 1")).first(connection)


def test_a_connection_that_broke_is_not_used_again(postgresql: PostgreSQL) -> None:
    name = postgresql.create_database()
    database = Database(postgresql.url(name))
    with pytest.raises(StoreUnavailable):
        _lose_the_server(database)
    with database.reading() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    database.close()
    postgresql.drop_database(name)
