"""SCIM is tested on the provider of the protocol tests."""

import pytest

from tests.protocol.conftest import each_provider, provider, provider_on, ring
from tests.protocol.provider import Provider
from tests.scim.module_client import ModuleClient

__all__ = ["each_provider", "provider", "provider_on", "ring"]


@pytest.fixture
def mmis(provider: Provider) -> ModuleClient:
    """MMIS's client, on SQLite."""
    return ModuleClient.of(provider)


@pytest.fixture
def each_mmis(each_provider: Provider) -> ModuleClient:
    """MMIS's client, on both pairs of stores."""
    return ModuleClient.of(each_provider)
