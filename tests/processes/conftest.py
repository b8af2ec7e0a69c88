"""Providers for the tests of several processes, on each pair of stores: two `idp serve` with two workers each."""

from collections.abc import Iterator

import pytest
import trustme

from tests.servers.providers import Providers, running
from tests.servers.relying_party import RelyingParty


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def providers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, certificate_authority: trustme.CA
) -> Iterator[Providers]:
    """Two providers behind one address; every connection goes to the other one."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "sqlite":
        url, redis_url = f"sqlite:///{folder / 'idp.sqlite3'}", ""
    else:
        server = request.getfixturevalue("postgresql")
        url = server.url(server.create_database(empty=True))
        redis_url = request.getfixturevalue("redis_server").fresh_url()
    with running(Providers(folder, url, redis_url, certificate_authority, count=2, workers=2)) as started:
        yield started


@pytest.fixture(scope="session")
def billing(providers: Providers) -> Iterator[RelyingParty]:
    """A first-party relying party without a module."""
    party = RelyingParty(providers.issuer, providers.house, first_party=True)
    yield party
    party.close()
