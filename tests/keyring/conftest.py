"""The keyring on both pairs of stores."""

import pytest

from idp.sealing import RootSecrets
from idp.settings import Settings
from tests.keyring.house import KeyringHouse
from tests.servers.stores import Stores


@pytest.fixture
def keys(stores: Stores, secrets: RootSecrets, settings: Settings) -> KeyringHouse:
    """A ring without any key yet."""
    return KeyringHouse(stores.database, stores.clock, secrets, settings)
