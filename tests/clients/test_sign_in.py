"""The authorization response: bound to the browser that asked, spent once, from our provider, and explained when refused."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.clients.conftest import BASE_URL
from tests.clients.peer import Peer
from tests.servers.clock import HandClock

SignIn = Callable[..., TestResponse]
NewBrowser = Callable[[Flask], FlaskClient]


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def asked(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def test_a_deep_link_leads_through_sign_in_and_back(browser: FlaskClient, sign_in: SignIn) -> None:
    answer = sign_in(browser, "/members?plan=famis&name=O%27Neil")
    assert answer.headers["Location"] == "/members?plan=famis&name=O%27Neil"
    assert "Alma Whitaker" in text(browser.get("/members"))


def test_the_request_asks_for_a_code_with_pkce_state_and_nonce(browser: FlaskClient) -> None:
    one, two = (asked(browser.get("/sign-in").headers["Location"]) for _ in range(2))
    assert one["response_type"] == "code"
    assert one["redirect_uri"] == "http://localhost:8081/sign-in/callback"
    assert one["code_challenge_method"] == "S256"
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name]) == 43
        assert one[name] != two[name]


def test_two_tabs_sign_in_side_by_side(browser: FlaskClient, peer: Peer) -> None:
    first, second = (browser.get(path).headers["Location"] for path in ("/members", "/sign-in"))
    assert browser.get(peer.authorize(second)).headers["Location"] == "/"
    assert browser.get(peer.authorize(first)).headers["Location"] == "/members"


def test_an_answer_in_another_browser_is_refused(
    mmis: Flask, browser: FlaskClient, new_browser: NewBrowser, peer: Peer
) -> None:
    """Login CSRF: a stranger's finished sign-in must not become the victim's session."""
    victim = new_browser(mmis)
    callback = peer.authorize(browser.get("/sign-in").headers["Location"])
    victim.get("/sign-in")
    answer = victim.get(callback)
    assert answer.status_code == 400
    assert "did not start here" in text(answer)
    assert victim.get_cookie("mmis_session") is None
    assert browser.get(callback).status_code == 303, "the stranger's attempt must not burn the owner's sign-in"


def test_an_answer_works_once(mmis: Flask, browser: FlaskClient, peer: Peer) -> None:
    sent = browser.get("/sign-in").headers["Location"]
    cookie = next(name for name in browser.get("/sign-in").headers.getlist("Set-Cookie") if "_login_" in name)
    callback = peer.authorize(sent)
    assert browser.get(callback).status_code == 303
    browser.delete_cookie("mmis_session")
    name, _, value = cookie.partition(";")[0].partition("=")
    browser.set_cookie(name, value, path="/sign-in")
    assert "did not start here" in text(browser.get(callback))


def test_the_back_button_to_the_callback_finds_the_person_signed_in(browser: FlaskClient, peer: Peer) -> None:
    callback = peer.authorize(browser.get("/sign-in").headers["Location"])
    browser.get(callback)
    again = browser.get(callback)
    assert (again.status_code, again.headers["Location"]) == (303, "/")


def test_a_sign_in_takes_65_minutes_at_most(
    browser: FlaskClient, peer: Peer, clock: HandClock, sign_in: SignIn
) -> None:
    sent = [browser.get("/members").headers["Location"] for _ in range(2)]
    clock.advance(3900)
    assert browser.get(peer.authorize(sent[0])).status_code == 303
    clock.advance(1)
    late = browser.get(peer.authorize(sent[1]))
    assert late.status_code == 400
    assert "took too long" in text(late)
    assert 'href="/members"' in text(late)


@pytest.mark.parametrize("issuer", ["https://evil.example", "", None], ids=["another", "empty", "none"])
@pytest.mark.parametrize("error", [None, "access_denied"], ids=["code", "error"])
def test_rfc9207_an_answer_of_another_issuer_is_refused(
    browser: FlaskClient, peer: Peer, sign_in: SignIn, issuer: str | None, error: str | None
) -> None:
    answer = sign_in(browser, iss=issuer, error=error, code=None if error else "c")
    assert answer.status_code == 400
    assert "invalid_answer" in text(answer)
    assert "/token" not in peer.asked, "the code must not reach any token endpoint"


def test_a_repeated_parameter_is_refused(browser: FlaskClient, peer: Peer) -> None:
    callback = peer.authorize(browser.get("/sign-in").headers["Location"])
    assert browser.get(f"{callback}&code=another").status_code == 400
    assert "/token" not in peer.asked


def test_a_code_the_provider_does_not_know_is_refused(browser: FlaskClient, sign_in: SignIn) -> None:
    assert "invalid_answer" in text(sign_in(browser, code="of-somebody-else"))


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        ("access_denied", 403, "You were not let in"),
        ("login_required", 400, "could not be finished"),
        ("unmet_authentication_requirements", 403, "stronger sign-in"),
        ("temporarily_unavailable", 503, "MES is busy"),
        ("invalid_scope", 400, "do not fit together"),
    ],
)
def test_each_error_is_explained_with_a_way_on(
    browser: FlaskClient, sign_in: SignIn, error: str, status: int, words: str
) -> None:
    answer = sign_in(browser, "/members", error=error, code=None)
    assert answer.status_code == status
    assert words in text(answer)
    assert error in text(answer)
    assert "/menu" in text(answer)


def test_an_error_code_from_a_stranger_is_not_shown(browser: FlaskClient, sign_in: SignIn) -> None:
    answer = sign_in(browser, error="Call 555-0100 <b>now</b>", error_description="Your account is closed", code=None)
    assert "555" not in text(answer)
    assert "closed" not in text(answer)


def test_a_failed_step_up_leaves_the_person_signed_in(browser: FlaskClient, sign_in: SignIn) -> None:
    sign_in(browser)
    assert sign_in(browser, error="access_denied", code=None).status_code == 403
    assert "Dana Bright" in text(browser.get("/"))


def test_a_new_sign_in_ends_the_session_it_replaces(
    mmis: Flask, browser: FlaskClient, new_browser: NewBrowser, sign_in: SignIn
) -> None:
    sign_in(browser)
    cookie = browser.get_cookie("mmis_session")
    assert cookie is not None
    sign_in(browser)
    thief = new_browser(mmis)
    thief.set_cookie("mmis_session", cookie.value)
    assert "Sign in with MES" in text(thief.get("/"))


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example", "/%09/evil.example", "https://evil.example"])
def test_no_page_of_another_site_is_returned_to(path: str) -> None:
    from clients.rp_kit.logins import local_path

    assert local_path(path.replace("%09", "\t")) == "/"


def test_sessions_end_when_idle_and_after_twelve_hours(browser: FlaskClient, clock: HandClock, sign_in: SignIn) -> None:
    sign_in(browser)
    clock.advance(900)
    assert browser.get("/members").status_code == 200
    clock.advance(901)
    assert browser.get("/members").status_code == 303
    sign_in(browser)
    for _ in range(48):
        clock.advance(900)
        assert browser.get("/members").status_code == 200
    clock.advance(1)
    assert browser.get("/members").status_code == 303


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/%0d%0aSet-Cookie:%20a=b", "/%0D%0ASet-Cookie:%20a=b"),
        ("/members%3fx", "/members%3Fx"),
        ("/members?x=%0d%0a", "/members?x=%0d%0a"),
    ],
)
def test_header_injection_through_another_of_our_names_is_only_an_address(
    browser: FlaskClient, path: str, location: str
) -> None:
    answer = browser.get(path, base_url="http://127.0.0.1:8081")
    assert (answer.status_code, answer.headers["Location"]) == (302, BASE_URL + location)
