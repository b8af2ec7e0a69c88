"""An outbox, what puts its messages into words, and a delivery that keeps them."""

import pytest

from idp.language import Languages
from idp.notify.outbox import Outbox
from idp.notify.render import Renderer
from idp.sealing import RootSecrets
from idp.settings import Settings
from tests.notify.kept import Kept
from tests.servers.clock import HandClock


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def outbox(clock: HandClock, secrets: RootSecrets) -> Outbox:
    return Outbox(clock, secrets)


@pytest.fixture
def renderer(settings: Settings) -> Renderer:
    return Renderer(settings, Languages(settings.time_zone))
