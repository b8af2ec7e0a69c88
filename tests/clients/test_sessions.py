"""A session outlives its tokens, is renewed by one request at a time, and ends when the provider says so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.mmis.app import create_app
from clients.rp_kit import RelyingPartySettings
from tests.clients.peer import Peer
from tests.servers.clock import HandClock

SignIn = Callable[..., TestResponse]
NewBrowser = Callable[[Flask], FlaskClient]


def is_signed_in(browser: FlaskClient) -> bool:
    return browser.get("/members").status_code == 200


def test_an_expired_id_token_ends_no_session(browser: FlaskClient, clock: HandClock, sign_in: SignIn) -> None:
    sign_in(browser)
    clock.advance(301)
    assert is_signed_in(browser)


def test_expired_tokens_are_renewed_and_claims_with_them(
    browser: FlaskClient, peer: Peer, clock: HandClock, sign_in: SignIn
) -> None:
    sign_in(browser)
    peer.userinfo = peer.userinfo | {"roles": ["auditor"]}
    assert "auditor" not in browser.get("/").get_data(as_text=True)
    clock.advance(301)
    assert "auditor" in browser.get("/").get_data(as_text=True)
    assert peer.asked.count("/token") == 2


def test_a_refused_refresh_ends_the_session(
    browser: FlaskClient, peer: Peer, clock: HandClock, sign_in: SignIn
) -> None:
    sign_in(browser)
    clock.advance(301)
    peer.refresh_token = "another"
    assert not is_signed_in(browser)
    assert "Sign in with MES" in browser.get("/").get_data(as_text=True)


@pytest.mark.parametrize("lie", [{"sub": "sub-of-somebody-else"}, {"iss": "https://evil.example"}, {"aud": "appeals"}])
def test_a_renewed_token_about_something_else_ends_the_session(
    browser: FlaskClient, peer: Peer, clock: HandClock, sign_in: SignIn, lie: dict[str, str]
) -> None:
    sign_in(browser)
    clock.advance(301)
    peer.lie_in_claims = lambda claims: claims | lie
    assert not is_signed_in(browser)


def test_a_provider_that_is_away_ends_no_session(
    browser: FlaskClient, peer: Peer, clock: HandClock, sign_in: SignIn
) -> None:
    sign_in(browser)
    clock.advance(301)
    peer.is_away = True
    assert is_signed_in(browser)


def test_many_tabs_use_a_refresh_token_once(
    mmis: Flask, browser: FlaskClient, new_browser: NewBrowser, peer: Peer, clock: HandClock, sign_in: SignIn
) -> None:
    sign_in(browser)
    cookie = browser.get_cookie("mmis_session")
    assert cookie is not None
    clock.advance(301)

    def open_members(_tab: int) -> bool:
        tab = new_browser(mmis)
        tab.set_cookie("mmis_session", cookie.value)
        return is_signed_in(tab)

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(open_members, range(32)))
    assert peer.asked.count("/token") == 2


def test_sessions_in_a_file_survive_a_restart(
    relying: RelyingPartySettings, clock: HandClock, new_browser: NewBrowser, sign_in: SignIn, tmp_path: Path
) -> None:
    kept = replace(relying, database=str(tmp_path / "mmis.sqlite"))
    before = new_browser(create_app(kept, now=clock.now))
    sign_in(before)
    cookie = before.get_cookie("mmis_session")
    assert cookie is not None
    after = new_browser(create_app(kept, now=clock.now))
    after.set_cookie("mmis_session", cookie.value)
    assert is_signed_in(after)
    assert (tmp_path / "mmis.sqlite").stat().st_mode & 0o077 == 0
    assert cookie.value.encode() not in (tmp_path / "mmis.sqlite").read_bytes()


def test_over_https_cookies_are_secure_and_of_this_host_alone(
    relying: RelyingPartySettings, clock: HandClock, new_browser: NewBrowser, peer: Peer
) -> None:
    browser = new_browser(create_app(replace(relying, base_url="https://mmis.example"), now=clock.now))
    sent = browser.get("/sign-in", base_url="https://mmis.example")
    answer = browser.get(peer.authorize(sent.headers["Location"]), base_url="https://mmis.example")
    session = next(cookie for cookie in answer.headers.getlist("Set-Cookie") if "_session=" in cookie)
    assert session.startswith("__Host-mmis_session=")
    for cookie in (session, sent.headers["Set-Cookie"]):
        for wanted in ("Secure", "HttpOnly", "SameSite=Lax"):
            assert wanted in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_every_page_forbids_inline_code_frames_and_storing(browser: FlaskClient, peer: Peer, sign_in: SignIn) -> None:
    sign_in(browser)
    for path in ("/", "/members", "/signed-out", "/nowhere", "/sign-in/callback"):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert f"form-action 'self' {peer.issuer};" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"


def test_another_name_of_the_machine_leads_to_our_address(browser: FlaskClient) -> None:
    answer = browser.get("/members?plan=1", base_url="http://127.0.0.1:8081")
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://localhost:8081/members?plan=1")


def test_a_body_of_65_kb_is_refused(browser: FlaskClient) -> None:
    assert browser.post("/back-channel-logout", data={"logout_token": "x" * 66_000}).status_code == 413
