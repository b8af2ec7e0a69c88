"""Fact S2 as `idp serve` does it: an employee of a real LDAP directory comes to a client, and what happens while it is away."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
import trustme
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.servers.ports import free_port
from tests.servers.providers import Providers, running
from tests.servers.relying_party import RelyingParty
from tests.servers.round_robin import RoundRobin
from tests.servers.slapd import Slapd
from tests.servers.web_client import Page, WebClient

SCOPE = "openid profile email"


@pytest.fixture
def way_to_slapd(slapd: Slapd) -> Iterator[RoundRobin]:
    """What carries the provider's connections to slapd, until it is stopped."""
    way = RoundRobin(free_port(), [slapd.tls_port])
    way.start()
    yield way
    with suppress(OSError):  # a test may have stopped it
        way.stop()


@pytest.fixture
def provider(
    tmp_path: Path, certificate_authority: trustme.CA, slapd: Slapd, way_to_slapd: RoundRobin
) -> Iterator[Providers]:
    """One `idp serve` with a directory."""
    provider = Providers(
        tmp_path, f"sqlite:///{tmp_path / 'idp.sqlite3'}", "", certificate_authority, count=1, workers=1
    )
    for name, value in slapd.settings(url=f"ldaps://127.0.0.1:{way_to_slapd.port}").items():
        provider.settings[f"IDP_DIRECTORY__{name.upper()}"] = str(value)
    with running(provider) as started:
        yield started


@pytest.fixture
def billing(provider: Providers) -> Iterator[RelyingParty]:
    """A client of the provider."""
    party = RelyingParty(provider.issuer, provider.house, first_party=True)
    yield party
    party.close()


def claims_of(billing: RelyingParty) -> tuple[dict[str, object], dict[str, object]]:
    """Return the claims of the ID Token and of userinfo that follow the last sign-in."""
    tokens = billing.redeem(billing.answer()["code"]).json()
    keys = KeySet.import_key_set(requests.get(billing.metadata["jwks_uri"], timeout=60).json())
    id_token = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
    return id_token.claims, billing.userinfo(tokens["access_token"]).json()


def sign_in(provider: Providers, billing: RelyingParty, user_id: str, password: str) -> tuple[WebClient, Page]:
    """Come from the client and give User ID and password."""
    client = WebClient()
    page = provider.go_to_password(client, billing.authorization_url(scope=SCOPE))
    return client, client.submit(page, user_id=user_id, password=password)


def test_s2_a_client_sees_the_same_claims_for_everybody_and_outside_users_do_not_need_the_directory(
    provider: Providers, billing: RelyingParty, slapd: Slapd, way_to_slapd: RoundRobin
) -> None:
    employee, outsider = slapd.person(), provider.person()

    sign_in(provider, billing, employee.user_id, employee.password)
    of_employee = claims_of(billing)
    way_to_slapd.stop()
    _, told = sign_in(provider, billing, employee.user_id, employee.password)
    provider.sign_in(WebClient(), billing.authorization_url(scope=SCOPE), outsider)
    of_outsider = claims_of(billing)

    assert [claims.keys() for claims in of_employee] == [claims.keys() for claims in of_outsider]
    assert of_employee[0]["acr"] == "urn:mes:acr:password"
    assert of_employee[1]["email"] == employee.user_id
    assert (of_employee[1]["given_name"], of_employee[1]["family_name"]) == ("Dana", "Whitfield")
    assert told.status == 503
    assert "DMAS employees cannot sign in at the moment" in told.words()
    told.form("user_id", "password")
    assert employee.password not in provider.programs[0].printed()
