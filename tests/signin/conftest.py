"""Fixtures for tests of sign-in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from idp.sealing import RootSecrets
from idp.settings import Settings
from tests.servers.scripted_upstream import ScriptedUpstream
from tests.servers.stores import Stores
from tests.signin.house import Browser, House


@pytest.fixture
def make_house(
    stores: Stores, secrets: RootSecrets, make_settings: Callable[..., Settings], tmp_path: Path
) -> Iterator[Callable[..., House]]:
    """Build the rooms over the test's stores, with settings overridden."""
    built: list[House] = []

    def make(**overrides: object) -> House:
        settings = make_settings(database_url=stores.database_url, redis_url=stores.redis_url, **overrides)
        built.append(House(stores, settings, tmp_path))
        return built[-1]

    yield make
    for house in built:
        house.rooms.close()


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    """The rooms over the test's stores, as shipped."""
    return make_house()


@pytest.fixture
def browser(house: House) -> Browser:
    """A browser that was never here."""
    return house.browser()


@pytest.fixture
def upstream() -> Iterator[ScriptedUpstream]:
    """A running upstream of employees, which answers as a test says."""
    with ScriptedUpstream().running() as running:
        yield running
