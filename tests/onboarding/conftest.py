"""Fixtures for tests of asking for access and approving it, on both pairs of stores."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from idp.sealing import RootSecrets
from idp.settings import Settings
from tests.captcha.solving import QUICK
from tests.onboarding.house import Onboarding
from tests.servers.stores import Stores


@pytest.fixture
def make_onboarding(
    stores: Stores, secrets: RootSecrets, make_settings: Callable[..., Settings], tmp_path: Path
) -> Iterator[Callable[..., Onboarding]]:
    """Build the rooms over the test's stores, with settings overridden."""
    built: list[Onboarding] = []

    def make(**overrides: object) -> Onboarding:
        settings = make_settings(
            database_url=stores.database_url, redis_url=stores.redis_url, captcha=QUICK, **overrides
        )
        built.append(Onboarding(stores, settings, tmp_path))
        return built[-1]

    yield make
    for one in built:
        one.rooms.close()


@pytest.fixture
def onboarding(make_onboarding: Callable[..., Onboarding]) -> Onboarding:
    """The rooms as shipped, but for a captcha that is quick to solve."""
    return make_onboarding()
