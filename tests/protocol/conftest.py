"""The provider that protocol tests talk to, on SQLite unless a test asks for both pairs of stores."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from idp.app import build, create_app
from idp.audit.trail import OPERATOR
from idp.modules.modules import Module
from idp.sealing import RootSecrets
from idp.settings import Settings
from tests.protocol.provider import Provider, RelyingParty
from tests.servers.clock import HandClock
from tests.servers.stores import Stores, sqlite_stores

MODULES = (
    Module("mmis", "MMIS", "Claims.", "https://mmis.example/", external_id_claim="e6code"),
    Module("appeals", "Appeals", "Appeals.", "https://appeals.example/"),
)


@pytest.fixture
def provider_on(secrets: RootSecrets, make_settings: Callable[..., Settings]) -> Iterator[Callable[..., Provider]]:
    """Build a provider on given stores, with settings of the test's choice."""
    opened = []

    def make(stores: Stores, **overrides: object) -> Provider:
        settings = make_settings(database_url=stores.database_url, redis_url=stores.redis_url, **overrides)
        house = build(settings, clock=stores.clock)
        opened.append(house)
        for alg in ("RS256", "ES256"):
            house.rotate_keys.rotate(alg, OPERATOR)
        with house.database.transaction() as connection:
            for module in MODULES:
                house.modules.create(connection, module)
        return Provider(house, create_app(house), stores.clock)

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
