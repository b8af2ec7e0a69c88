"""A database of the first release with people in it: the upgrade moves nobody, then they are sealed, beside the traffic."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import bindparam, text

from idp import paths
from idp.accounts.create_account import NewAccount, NotCreated
from idp.accounts.passwords import PasswordHasher
from idp.audit.trail import OPERATOR
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.store import migrate
from idp.store.database import Database
from idp.store.ephemeral import open_ephemeral_store
from tests.servers.clock import HandClock
from tests.servers.stores import Stores
from tests.signin.canaries import found_in
from tests.signin.house import PASSWORD, House

MANY = 600
NEW = text(
    "INSERT INTO accounts (sub, user_id, given_name, family_name, phone, affiliation, registered_by, password_hash,"
    " must_change_password, created_at, last_sign_in_at) VALUES (:sub, :user_id, :given_name, :family_name, :phone,"
    " 'provider', 'dmas', :password_hash, :no, 1000, 2000)"
).bindparams(bindparam("no", False))


@pytest.fixture(params=["sqlite", "postgresql"])
def first_release(
    request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stores]:
    """A database as the first release left it."""
    if request.param == "sqlite":
        url, redis_url, drop = f"sqlite:///{tmp_path / 'idp.sqlite3'}", "", None
    else:
        server = request.getfixturevalue("postgresql")
        drop = server.create_database(empty=True)
        url, redis_url = server.url(drop), request.getfixturevalue("redis_server").fresh_url()
    database = Database(url)
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "_apply", to_first)
        assert migrate.upgrade(database)
    yield Stores(request.param, url, redis_url, database, open_ephemeral_store(redis_url, database, clock), clock)
    database.close()
    if drop is not None:
        server.drop_database(drop)


def to_first(connection: Any) -> None:
    config = Config()
    config.set_main_option("script_location", str(paths.resource("migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")


def person(number: int, **more: object) -> dict[str, object]:
    return {
        "sub": f"sub-{number}",
        "user_id": f"canary-{number}@canary-harbor.example",
        "given_name": "Wilhelmina",
        "family_name": "Quartermaine",
        "phone": "+18045550142",
        "password_hash": None,
    } | more


def fill(stores: Stores, *people: dict[str, object]) -> None:
    with stores.database.transaction() as connection:
        connection.execute(NEW, list(people))


@pytest.fixture
def old(first_release: Stores, secrets: RootSecrets, settings: Settings) -> Stores:
    """The first release's database with one person who has a password, upgraded."""
    hashed = PasswordHasher(secrets, settings.password).hash(PASSWORD)
    fill(first_release, person(1, password_hash=hashed), person(2), person(3))
    assert migrate.upgrade(first_release.database)
    return first_release


@pytest.fixture
def house(old: Stores, make_settings: Any, tmp_path: Path) -> Iterator[House]:
    house = House(old, make_settings(database_url=old.database_url, redis_url=old.redis_url), tmp_path)
    yield house
    house.rooms.close()


def test_people_of_the_release_before_sign_in_before_and_after_they_are_sealed(house: House, old: Stores) -> None:
    wilhelmina = house.browser().sign_in("canary-1@canary-harbor.example").account
    assert (wilhelmina.sub, wilhelmina.name, wilhelmina.phone) == ("sub-1", "Wilhelmina Quartermaine", "+18045550142")
    assert wilhelmina.created_at == 1000
    assert house.rooms.rotate_data.progress().left == {"accounts in plain": 3}
    assert house.rooms.rotate_data.sweep() == 0, "nobody has said that every node runs this release"

    house.rooms.rotate_data.start(OPERATOR)
    assert house.rooms.rotate_data.sweep() >= 3
    progress = house.rooms.rotate_data.progress()
    assert (progress.finished, progress.left) == (True, {})
    assert found_in(old, ["wilhelmina", "quartermaine", "canary-harbor", "5550142"]) == []
    session = house.browser().sign_in("canary-1@canary-harbor.example")
    assert session.account == house.accounts.by_sub("sub-1")
    assert session.account.name == wilhelmina.name


def test_the_release_before_goes_on_beside_this_one(house: House, old: Stores) -> None:
    house.rooms.rotate_data.start(OPERATOR)
    house.rooms.rotate_data.go_on(60)
    fill(old, person(4))
    assert house.accounts.by_user_id("canary-4@canary-harbor.example") is not None
    refused = house.create_account(NewAccount("canary-4@canary-harbor.example", "Eve", "Moss"), OPERATOR)
    assert isinstance(refused, NotCreated)
    assert house.rooms.rotate_data.start(OPERATOR)
    house.rooms.rotate_data.go_on(60)
    assert house.rooms.rotate_data.progress().left == {}


def test_two_releases_that_made_one_account_each_are_told_apart_and_left_to_the_operator(
    house: House, old: Stores
) -> None:
    ours = house.person("both@canary-harbor.example", password=None)
    fill(old, person(5, user_id="both@canary-harbor.example"))
    house.rooms.rotate_data.start(OPERATOR)
    house.rooms.rotate_data.go_on(60)
    assert house.rooms.rotate_data.progress().left == {"accounts in plain": 1}
    assert house.accounts.by_user_id("both@canary-harbor.example") == ours


def test_words_of_a_plain_row_are_sealed_when_they_change(house: House) -> None:
    plain = house.accounts.by_sub("sub-2")
    assert plain is not None
    with house.database.transaction() as connection:
        house.accounts.change_person(connection, plain.id, phone=None)
    assert house.rooms.rotate_data.progress().left == {"accounts in plain": 2}
    assert house.accounts.by_user_id("canary-2@canary-harbor.example") == house.accounts.by_sub("sub-2")


def test_killed_half_way_and_run_again(old: Stores, tmp_path: Path, house: House) -> None:
    fill(old, *(person(number) for number in range(100, 100 + MANY)))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")} | {
        "IDP_ISSUER": "http://localhost:8080",
        "IDP_DATA_DIR": str(tmp_path),
        "IDP_KEYS_DIR": str(tmp_path / "keys"),
        "IDP_DATABASE_URL": old.database_url,
        "IDP_REDIS_URL": old.redis_url,
    }
    arguments = [sys.executable, "-c", "from idp.cli import main; main()", "keys", "rotate-data"]
    with nobody_gets_past(old, "sub-500"):
        killed = subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while left(house) == MANY + 3 and time.monotonic() < until:
            time.sleep(0.02)
        killed.kill()
        killed.wait()
        assert 0 < left(house) < MANY + 3
    # What was done is whole, what was not is as it was, and everybody is found.
    for number in (1, 100, 100 + MANY - 1):
        found = house.accounts.by_user_id(f"canary-{number}@canary-harbor.example")
        assert found is not None
        assert found.name == "Wilhelmina Quartermaine"

    again = subprocess.run([*arguments, "--json"], env=environment, capture_output=True, text=True, check=True)
    assert '"left": 0' in again.stdout
    assert '"finished": true' in again.stdout
    assert found_in(old, ["wilhelmina", "canary-harbor"]) == []


@contextmanager
def nobody_gets_past(stores: Stores, sub: str) -> Iterator[None]:
    """Let a program that works on row after row get stuck in the middle of changing this one, however fast it is."""
    if stores.database.is_postgresql:
        with stores.database.transaction() as connection:
            connection.execute(text("SELECT id FROM accounts WHERE sub = :sub FOR UPDATE"), {"sub": sub})
            yield
        return
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS count FROM n"
    with stores.database.transaction() as connection:
        connection.execute(text(f"CREATE VIEW endless AS {endless}"))
        stuck = f"WHEN OLD.sub = '{sub}' BEGIN SELECT count FROM endless; END"
        connection.execute(text(f"CREATE TRIGGER stuck BEFORE UPDATE ON accounts {stuck}"))
    yield
    with stores.database.transaction() as connection:
        connection.execute(text("DROP TRIGGER stuck"))
        connection.execute(text("DROP VIEW endless"))


def left(house: House) -> int:
    return house.rooms.rotate_data.progress().left.get("accounts in plain", 0)
