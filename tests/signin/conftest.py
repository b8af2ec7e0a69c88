"""Fixtures for tests of sign-in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from idp.sealing import RootSecrets
from idp.settings import Settings
from tests.servers.stores import Stores
from tests.signin.house import Browser, House


@pytest.fixture
def make_house(
    stores: Stores, secrets: RootSecrets, make_settings: Callable[..., Settings], tmp_path: Path
) -> Callable[..., House]:
    """Build the rooms over the test's stores, with settings overridden."""

    def make(**overrides: object) -> House:
        return House(stores, make_settings(**overrides), secrets, tmp_path)

    return make


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    """The rooms over the test's stores, as shipped."""
    return make_house()


@pytest.fixture
def browser(house: House) -> Browser:
    """A browser that was never here."""
    return house.browser()
