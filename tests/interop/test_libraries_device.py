"""openid-client and oauth4webapi on a device without a browser (RFC 8628)."""

import time

import pytest

from tests.interop.device import connect
from tests.interop.party import Parties, Party
from tests.interop.rp_library import LibraryError
from tests.servers.people import Person
from tests.servers.web_client import WebClient

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture(params=["client_secret_basic", "none"])
def party(request: pytest.FixtureRequest, parties: Parties) -> Party:
    """A device, with a secret and without one."""
    return parties.new(request.param, redirect_uris=[], grant_types=[DEVICE_CODE, "refresh_token"])


def test_device_grant(party: Party, browser: WebClient, somebody: Person) -> None:
    shown = party.ask("device", parameters={"scope": "openid email offline_access"})
    assert connect(browser, shown["verification_uri_complete"], shown["user_code"]).path == "/device/done"
    time.sleep(shown["interval"])
    tokens = party.poll()
    assert party.userinfo(tokens)["email"] == somebody.user_id
    assert party.refresh(tokens.refresh).claims["sub"] == tokens.claims["sub"]


def test_device_grant_refused(party: Party, browser: WebClient) -> None:
    shown = party.ask("device", parameters={"scope": "openid"})
    connect(browser, shown["verification_uri"], shown["user_code"], "refuse")
    time.sleep(shown["interval"])
    with pytest.raises(LibraryError) as refused:
        party.poll()
    assert refused.value.code == "access_denied"


@pytest.mark.parametrize("library", ["oauth4webapi"], indirect=True)
def test_device_grant_before_anybody_has_answered(party: Party) -> None:
    party.ask("device", parameters={"scope": "openid"})
    with pytest.raises(LibraryError) as refused:
        party.poll()
    assert refused.value.code == "authorization_pending"
