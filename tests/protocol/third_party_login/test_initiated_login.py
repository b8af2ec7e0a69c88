"""OIDC Core 4: the menu asks a client that wants it so to begin the sign-in, and tells it who asks."""

from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.test import Client as Browser

from idp.audit.trail import OPERATOR
from idp.registry.metadata_fault import MetadataFault
from tests.protocol.provider import Provider
from tests.protocol.registration import initial_token, registered

START = "https://mmis.example/"
BEGIN = "https://rp.example/begin"


class Links(HTMLParser):
    """The targets of a page's links, by what they say."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[data.strip()] = self._open


def links(browser: Browser, path: str) -> dict[str, str]:
    """Return the links of a page."""
    page = browser.get(path)
    assert page.status_code == 200
    reader = Links()
    reader.feed(page.get_data(as_text=True))
    return reader.found


@pytest.mark.parametrize("path", ["/menu", "/account/modules"])
def test_4_the_entry_leads_to_the_client_with_the_issuer_and_nothing_of_the_person(
    provider: Provider, path: str
) -> None:
    provider.register(module="mmis", initiate_login_uri=BEGIN)
    target = urlsplit(links(provider.sign_in(provider.person("mmis")), path)["MMIS"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == BEGIN
    assert parse_qsl(target.query) == [("iss", provider.issuer)]


def test_4_a_query_of_its_own_stays(provider: Provider) -> None:
    provider.register(module="mmis", initiate_login_uri=f"{BEGIN}?tenant=va")
    target = urlsplit(links(provider.sign_in(provider.person("mmis")), "/menu")["MMIS"])
    assert parse_qsl(target.query) == [("tenant", "va"), ("iss", provider.issuer)]


def test_a_module_without_it_begins_at_its_own_start(provider: Provider) -> None:
    provider.register(module="mmis")
    provider.register(initiate_login_uri=BEGIN)
    assert links(provider.sign_in(provider.person("mmis")), "/menu")["MMIS"] == START


def test_a_client_that_registered_itself_for_a_module_does_not_take_its_entry(provider: Provider) -> None:
    """An initial access token for a module is a leave to sign its people in, not to say where everybody's menu leads."""
    token = initial_token(provider, module="mmis")
    registered(provider, token, initiate_login_uri="https://thief.example/mmis")
    assert links(provider.sign_in(provider.person("mmis")), "/menu")["MMIS"] == START


def test_the_oldest_of_a_modules_clients_is_asked_and_a_disabled_one_never(provider: Provider) -> None:
    first = provider.register(module="mmis", initiate_login_uri=f"{BEGIN}/1")
    provider.clock.advance(1)
    provider.register(module="mmis", initiate_login_uri=f"{BEGIN}/2")
    browser = provider.sign_in(provider.person("mmis"))
    assert links(browser, "/menu")["MMIS"].startswith(f"{BEGIN}/1?")
    provider.house.registry.disable(first.client_id, OPERATOR)
    provider.house.versions._looked_at = float("-inf")  # a second later
    assert links(browser, "/menu")["MMIS"].startswith(f"{BEGIN}/2?")


def test_a_program_that_somebody_agreed_to_can_be_opened_from_the_account(provider: Provider) -> None:
    rp = provider.register(first_party=False, client_name="Billing Desk", initiate_login_uri=BEGIN)
    person = provider.person()
    with provider.house.database.transaction() as connection:
        provider.house.grants.consents.give(connection, person.id, rp.client_id, ["openid"])
    found = links(provider.sign_in(person), "/account/modules")
    assert found["Billing Desk"].startswith(f"{BEGIN}?iss=")


def test_registration_takes_safe_addresses_only(provider: Provider) -> None:
    for uri in ("http://rp.example/begin", "javascript:alert(1)", "/begin"):
        with pytest.raises(MetadataFault, match="initiate_login_uri"):
            provider.register(initiate_login_uri=uri)
