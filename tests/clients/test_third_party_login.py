"""Sign-ins that another page begins (OpenID Connect Core 1.0, 4): only for our provider, and only to our own pages."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.clients.conftest import BASE_URL
from tests.clients.peer import Peer

INITIATE = "/sign-in/initiate"


def send(browser: FlaskClient, method: str, asked: dict[str, str]) -> TestResponse:
    if method == "POST":
        return browser.post(INITIATE, data=asked)
    return browser.get(INITIATE, query_string=asked)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_core_4_the_person_signs_in_and_lands_at_the_target(browser: FlaskClient, peer: Peer, method: str) -> None:
    asked = {"iss": peer.issuer, "target_link_uri": f"{BASE_URL}/members?plan=famis", "login_hint": "dana@x.example"}
    answer = send(browser, method, asked)
    assert answer.status_code == 303
    sent = answer.headers["Location"]
    assert parse_qs(urlsplit(sent).query)["login_hint"] == ["dana@x.example"]
    assert browser.get(peer.authorize(sent)).headers["Location"] == "/members?plan=famis"


def test_core_4_target_and_hint_may_be_missing(browser: FlaskClient, peer: Peer) -> None:
    sent = send(browser, "GET", {"iss": peer.issuer}).headers["Location"]
    assert "login_hint" not in sent
    assert browser.get(peer.authorize(sent)).headers["Location"] == "/"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": ""},
        {"target_link_uri": "https://elsewhere.example/members"},
        {"target_link_uri": f"{BASE_URL}.elsewhere.example/"},
        {"target_link_uri": f"{BASE_URL}@elsewhere.example/"},
        {"target_link_uri": "//elsewhere.example/"},
        {"target_link_uri": "/members"},
        {"target_link_uri": "javascript:alert(1)"},
        {"target_link_uri": f"{BASE_URL}/members#fragment"},
        {"target_link_uri": "http://[broken/"},
    ],
)
def test_core_4_another_provider_or_another_sites_page_is_refused(
    browser: FlaskClient, peer: Peer, method: str, changes: dict[str, str]
) -> None:
    asked = {"iss": peer.issuer, "target_link_uri": f"{BASE_URL}/members"} | changes
    answer = send(browser, method, asked)
    assert answer.status_code == 400
    assert "unknown_third_party" in answer.get_data(as_text=True)
    assert not answer.headers.getlist("Set-Cookie")


def test_core_4_a_repeated_parameter_is_refused(browser: FlaskClient, peer: Peer) -> None:
    answer = browser.get(f"{INITIATE}?iss={peer.issuer}&iss={peer.issuer}")
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["//elsewhere.example/", "/\\elsewhere.example/", "/\t/elsewhere.example"])
def test_core_4_a_path_that_browsers_read_as_another_site_leads_home(
    browser: FlaskClient, peer: Peer, path: str
) -> None:
    sent = send(browser, "GET", {"iss": peer.issuer, "target_link_uri": BASE_URL + path}).headers["Location"]
    assert browser.get(peer.authorize(sent)).headers["Location"] == "/"
