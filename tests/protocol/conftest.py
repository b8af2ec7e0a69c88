"""The provider that protocol tests talk to, on SQLite unless a test asks for both pairs of stores."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from idp.app import create_app
from idp.audit.trail import OPERATOR
from idp.house import House, build
from idp.keyring.model import signing_keys
from idp.modules.modules import Module
from idp.sealing import RootSecrets
from idp.settings import Settings, load_settings
from tests.protocol.provider import Provider, RelyingParty
from tests.servers.clock import HandClock
from tests.servers.stores import Stores, sqlite_stores

MODULES = (
    Module("mmis", "MMIS", "Claims.", "https://mmis.example/", external_id_claim="e6code"),
    Module("appeals", "Appeals", "Appeals.", "https://appeals.example/"),
)


@dataclass(frozen=True)
class Ring:
    """Signing keys made once for all tests, for an RSA key takes longer than a test."""

    keys_dir: Path
    rows: list[dict[str, Any]]


@pytest.fixture(scope="session")
def ring(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Ring:
    """Root secrets, and the rows of an active key for each algorithm."""
    folder = tmp_path_factory.mktemp("ring")
    RootSecrets.create(folder / "keys")
    file = folder / "idp.sqlite3"
    shutil.copy(sqlite_template, file)
    settings = load_settings(
        issuer="http://localhost:8080", data_dir=folder, keys_dir=folder / "keys", database_url=f"sqlite:///{file}"
    )
    house = build(settings, clock=HandClock())
    house.keys.rotation.make_missing(OPERATOR)
    with house.database.reading() as connection:
        rows = [dict(row) for row in connection.execute(select(signing_keys)).mappings()]
    house.close()
    return Ring(folder / "keys", rows)


def open_provider(stores: Stores, settings: Settings, ring: Ring) -> Provider:
    """Build a provider with keys and modules on empty stores."""
    house = build(settings, clock=stores.clock)
    with house.database.transaction() as connection:
        connection.execute(insert(signing_keys), ring.rows)
        for module in MODULES:
            house.modules.catalogue.create(connection, module)
    return Provider(house, create_app(house), stores.clock)


@pytest.fixture(scope="module")
def module_provider(ring: Ring, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """One provider on SQLite for all tests of a module, with one person."""
    folder = tmp_path_factory.mktemp("provider")
    with sqlite_stores(sqlite_template, folder, HandClock()) as stores:
        settings = load_settings(
            issuer="http://localhost:8080", data_dir=folder, keys_dir=ring.keys_dir, database_url=stores.database_url
        )
        provider = open_provider(stores, settings, ring)
        provider.people.append(provider.person())
        yield provider
        provider.house.close()


@pytest.fixture
def provider_on(ring: Ring, make_settings: Callable[..., Settings]) -> Iterator[Callable[..., Provider]]:
    """Build a provider on given stores, with settings of the test's choice."""
    opened: list[House] = []

    def make(stores: Stores, **overrides: object) -> Provider:
        given = {"database_url": stores.database_url, "redis_url": stores.redis_url, "keys_dir": ring.keys_dir}
        provider = open_provider(stores, make_settings(**(given | overrides)), ring)
        opened.append(provider.house)
        return provider

    yield make
    for house in opened:
        house.close()


@pytest.fixture
def provider(
    sqlite_template: Path, tmp_path: Path, clock: HandClock, provider_on: Callable[..., Provider]
) -> Iterator[Provider]:
    """A provider on SQLite alone."""
    with sqlite_stores(sqlite_template, tmp_path, clock) as stores:
        yield provider_on(stores)


@pytest.fixture
def each_provider(stores: Stores, provider_on: Callable[..., Provider]) -> Provider:
    """A provider on SQLite alone, then one on PostgreSQL and Redis."""
    return provider_on(stores)


@pytest.fixture
def rp(provider: Provider) -> RelyingParty:
    """A first-party client that may refresh."""
    return provider.register(grant_types=["authorization_code", "refresh_token"])


@pytest.fixture(scope="module")
def registering(ring: Ring, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """One provider on SQLite for all tests of a module, where anybody may register a client."""
    folder = tmp_path_factory.mktemp("registering")
    with sqlite_stores(sqlite_template, folder, HandClock()) as stores:
        settings = load_settings(
            issuer="http://localhost:8080",
            data_dir=folder,
            keys_dir=ring.keys_dir,
            database_url=stores.database_url,
            registration={"open": True, "per_hour": 10_000, "open_per_day": 10_000},
        )
        provider = open_provider(stores, settings, ring)
        yield provider
        provider.house.close()
