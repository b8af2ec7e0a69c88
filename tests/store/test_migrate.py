"""Upgrades of the database: once whoever asks, restartable, and patient only so long (SECURITY 4.15)."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from idp import paths
from idp.store import migrate
from idp.store.database import Database, StoreUnavailable
from idp.store.migrate import upgrade
from idp.store.revision import newest_revision, pending
from tests.store.processes import in_processes


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server = request.getfixturevalue("postgresql")
    name = server.create_database(empty=True)
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    """An empty database of each kind, opened."""
    database = Database(empty_url)
    yield database
    database.close()


def test_the_newest_revision_is_the_head_of_the_scripts() -> None:
    config = Config()
    config.set_main_option("script_location", str(paths.resource("migrations")))
    assert ScriptDirectory.from_config(config).get_heads() == [newest_revision()]


def test_an_upgrade_is_pending_until_it_is_done(empty: Database) -> None:
    assert pending(empty)
    assert upgrade(empty)
    assert not pending(empty)
    assert not upgrade(empty)


def upgrade_elsewhere(url: str) -> bool:
    database = Database(url)
    did = upgrade(database)
    database.close()
    return did


def test_five_processes_at_once_upgrade_once(empty_url: str, empty: Database) -> None:
    assert sorted(in_processes(5, upgrade_elsewhere, empty_url)) == [False] * 4 + [True]
    assert not pending(empty)


def test_an_upgrade_that_breaks_half_way_changes_nothing_and_can_be_run_again(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = migrate._apply

    def half(connection: object) -> None:
        whole(connection)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(migrate, "_apply", half)
    with pytest.raises(KeyboardInterrupt):
        upgrade(empty)
    assert inspect(empty.engine).get_table_names() == []
    monkeypatch.undo()
    assert upgrade(empty)


def test_a_database_that_is_ahead_of_this_release_is_left_alone(empty: Database) -> None:
    upgrade(empty)
    with empty.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not pending(empty)
    assert not upgrade(empty)


def test_an_upgrade_that_does_not_get_its_turn_says_so(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "TURN_WAIT_SECONDS", 1)
    with empty.transaction() as connection:
        if empty.is_postgresql:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({migrate._ADVISORY_LOCK})"))
        began = time.monotonic()
        with pytest.raises(StoreUnavailable, match="run it again"):
            upgrade(empty)
        assert time.monotonic() - began < 5
    assert upgrade(empty)
