"""The migrations make the tables that the code declares, on both databases."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from idp.store.database import Database
from idp.store.migrate import upgrade
from idp.store.tables import metadata
from tests.servers.stores import import_tables


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        yield database
        database.close()
    else:
        server = request.getfixturevalue("postgresql")
        name = server.create_database(empty=True)
        database = Database(server.url(name))
        yield database
        database.close()
        server.drop_database(name)


def test_migrations_make_what_the_models_declare(empty_database: Database) -> None:
    import_tables()
    assert upgrade(empty_database)
    with empty_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = compare_metadata(context, metadata)
    assert differences == [], f"make a migration for these{os.linesep}{differences}"
