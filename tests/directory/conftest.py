"""A real slapd and directories over it; a scripted upstream and connectors to it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from idp.directory.breaker import Breaker
from idp.directory.ldap import LdapDirectory, open_directory
from idp.directory.openid import OpenIdUpstream
from idp.directory.openid_setup import read_upstream_setup
from idp.outbound import Outbound
from idp.settings import Settings
from tests.directory.openid_there_and_back import OPEN, RETURN
from tests.servers.clock import HandClock
from tests.servers.scripted_upstream import CLIENT_ID, CLIENT_SECRET, ScriptedUpstream
from tests.servers.slapd import Slapd


@pytest.fixture
def make_directory(slapd: Slapd, make_settings: Callable[..., Settings]) -> Callable[..., LdapDirectory]:
    """Open the directory as settings name it; whatever is not given names the running slapd by TLS."""

    def make(**changes: object) -> LdapDirectory:
        directory = open_directory(make_settings(directory=slapd.settings(**changes)).directory)
        assert directory is not None
        return directory

    return make


@pytest.fixture
def directory(make_directory: Callable[..., LdapDirectory]) -> LdapDirectory:
    """The running slapd, by TLS."""
    return make_directory()


@pytest.fixture
def upstream(clock: HandClock) -> Iterator[ScriptedUpstream]:
    with ScriptedUpstream().running() as running:
        running.now = clock.now()
        yield running


@pytest.fixture
def machine() -> list[float]:
    """What the machine's own seconds are, for what is kept and for the breaker."""
    return [1_000.0]


@pytest.fixture
def connect(
    make_settings: Callable[..., Settings], clock: HandClock, upstream: ScriptedUpstream, machine: list[float]
) -> OPEN:
    """Return a connector to the scripted upstream, by settings that a test changes."""

    def make(outbound: Outbound | None = None, **changes: object) -> OpenIdUpstream:
        given = {"issuer": upstream.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | changes
        settings = make_settings(upstream=given)
        setup = read_upstream_setup(settings.upstream, settings.employee_domains, RETURN)
        now = lambda: machine[0]  # noqa: E731
        out = outbound or Outbound.over(["127.0.0.1"], timeout_seconds=1, now=now)
        return replace(OpenIdUpstream.over(setup, out, clock), breaker=Breaker(8, now))

    return make
