"""RP-Initiated Logout 1.0 and Back-Channel Logout 1.0: sign-out here ends it everywhere, sign-out elsewhere ends it here."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.clients.peer import EC_KEY, EVENT, RSA_KEY, STRANGERS_KEY, Claims, Peer, signed
from tests.servers.clock import HandClock

SignIn = Callable[..., TestResponse]
NewBrowser = Callable[[Flask], FlaskClient]


def logout(claims: Claims, **header: object) -> str:
    return signed(claims, **{"typ": "logout+jwt", **header})  # type: ignore[arg-type]


def is_signed_in(browser: FlaskClient) -> bool:
    return browser.get("/members").status_code == 200


def form_token(browser: FlaskClient) -> str:
    return browser.get("/").get_data(as_text=True).split('name="form_token" value="')[1].split('"')[0]


def test_signing_out_goes_on_to_the_provider_and_comes_back(browser: FlaskClient, peer: Peer, sign_in: SignIn) -> None:
    sign_in(browser)
    sent = browser.post("/sign-out", data={"form_token": form_token(browser)})
    assert sent.status_code == 303
    location = urlsplit(sent.headers["Location"])
    assert sent.headers["Location"].startswith(f"{peer.issuer}/end-session?")
    asked = {name: values[0] for name, values in parse_qs(location.query).items()}
    assert asked["post_logout_redirect_uri"] == "http://localhost:8081/signed-out"
    assert asked["id_token_hint"].count(".") == 2
    assert not is_signed_in(browser)
    assert "of every module" in browser.get(f"/signed-out?state={asked['state']}").get_data(as_text=True)


@pytest.mark.parametrize("state", ["", "guessed"])
def test_only_our_own_state_proves_a_sign_out_everywhere(browser: FlaskClient, sign_in: SignIn, state: str) -> None:
    sign_in(browser)
    browser.post("/sign-out", data={"form_token": form_token(browser)})
    page = browser.get(f"/signed-out?state={state}").get_data(as_text=True)
    assert "of every module" not in page
    assert "You are signed out of MMIS" in page


@pytest.mark.parametrize("token", [None, "", "x", "é"])
def test_another_site_cannot_sign_anybody_out(browser: FlaskClient, sign_in: SignIn, token: str | None) -> None:
    sign_in(browser)
    answer = browser.post("/sign-out", data={"form_token": token} if token is not None else {})
    assert answer.status_code == 400
    assert "out of date" in answer.get_data(as_text=True)
    assert is_signed_in(browser)


def test_where_the_provider_cannot_sign_out_the_page_says_so(browser: FlaskClient, peer: Peer, sign_in: SignIn) -> None:
    peer.lie_in_metadata = {"end_session_endpoint": None}
    sign_in(browser)
    sent = browser.post("/sign-out", data={"form_token": form_token(browser)})
    assert "signed out of MMIS only" in browser.get(sent.headers["Location"]).get_data(as_text=True)
    assert not is_signed_in(browser)


def test_signing_out_twice_is_no_error(browser: FlaskClient, sign_in: SignIn) -> None:
    sign_in(browser)
    token = form_token(browser)
    browser.post("/sign-out", data={"form_token": token})
    assert browser.post("/sign-out", data={"form_token": token}).headers["Location"] == "/signed-out"


def test_a_logout_token_ends_its_session_and_no_other(
    mmis: Flask, new_browser: NewBrowser, peer: Peer, sign_in: SignIn
) -> None:
    desk, phone, provider = new_browser(mmis), new_browser(mmis), new_browser(mmis)
    sign_in(desk)
    peer.sid = "sid-2"
    sign_in(phone)
    answer = peer.logs_out(provider, logout(peer.logout_token()))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert is_signed_in(desk)
    assert not is_signed_in(phone)


def test_a_logout_token_with_sub_alone_ends_all_sessions_of_the_person(
    mmis: Flask, new_browser: NewBrowser, peer: Peer, sign_in: SignIn
) -> None:
    desk, phone, provider = new_browser(mmis), new_browser(mmis), new_browser(mmis)
    sign_in(desk)
    peer.sid = "sid-2"
    sign_in(phone)
    assert peer.logs_out(provider, logout(peer.logout_token(sid=None))).status_code == 200
    assert not is_signed_in(desk)
    assert not is_signed_in(phone)


def test_a_logout_token_with_sid_alone_is_enough(browser: FlaskClient, peer: Peer, sign_in: SignIn) -> None:
    sign_in(browser)
    assert peer.logs_out(browser, logout(peer.logout_token(sub=None), kid="rsa-1")).status_code == 200
    assert not is_signed_in(browser)


def test_a_sid_of_another_person_ends_nothing(browser: FlaskClient, peer: Peer, sign_in: SignIn) -> None:
    sign_in(browser)
    assert peer.logs_out(browser, logout(peer.logout_token(sub="sub-of-somebody-else"))).status_code == 200
    assert is_signed_in(browser)


def test_a_logout_during_a_sign_in_wins(browser: FlaskClient, peer: Peer, sign_in: SignIn) -> None:
    peer.logs_out(browser, logout(peer.logout_token()))
    answer = sign_in(browser)
    assert "signed out meanwhile" in answer.get_data(as_text=True)
    assert not is_signed_in(browser)


CLAIM_ATTACKS: dict[str, Claims] = {
    "another issuer": {"iss": "https://evil.example"},
    "another audience": {"aud": "appeals"},
    "no audience": {"aud": None},
    "expired": {"exp": 1},
    "no expiry": {"exp": None},
    "no time of issue": {"iat": None},
    "issued in the future": {"iat": 9_999_999_999},
    "a nonce": {"nonce": "n"},
    "a nonce of false": {"nonce": False},
    "no events": {"events": None},
    "another event": {"events": {"urn:example:other": {}}},
    "events in a list": {"events": [EVENT]},
    "event that is no object": {"events": {EVENT: "yes"}},
    "neither sub nor sid": {"sub": None, "sid": None},
    "empty sid": {"sid": ""},
    "sub that is no text": {"sub": 7},
    "no jti": {"jti": None},
}


@pytest.mark.parametrize("attack", CLAIM_ATTACKS)
def test_backchannel_2_6_a_wrong_claim_is_refused(
    browser: FlaskClient, peer: Peer, sign_in: SignIn, attack: str
) -> None:
    sign_in(browser)
    answer = peer.logs_out(browser, logout(peer.logout_token(**CLAIM_ATTACKS[attack])))
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "invalid_request"
    assert answer.headers["Cache-Control"] == "no-store"
    assert is_signed_in(browser)


@pytest.mark.parametrize(
    "sign",
    [
        signed,
        lambda claims: signed(claims, typ="JWT"),
        lambda claims: signed(claims, typ="at+jwt"),
        lambda claims: logout(claims, key=STRANGERS_KEY),
        lambda claims: logout(claims)[:-4] + "AAAA",
        lambda claims: "nonsense",
    ],
    ids=["no typ", "ID Token's typ", "access token's typ", "stranger's key", "broken signature", "no token"],
)
def test_backchannel_2_6_a_wrong_token_is_refused(
    browser: FlaskClient, peer: Peer, sign_in: SignIn, sign: Callable[[Claims], str]
) -> None:
    sign_in(browser)
    assert peer.logs_out(browser, sign(peer.logout_token())).status_code == 400
    assert is_signed_in(browser)


def test_an_id_token_is_no_logout_token(browser: FlaskClient, peer: Peer, sign_in: SignIn) -> None:
    seen: list[str] = []
    peer.sign = lambda claims: seen.append(signed(claims | {"events": {EVENT: {}}, "jti": "j"})) or seen[-1]  # type: ignore[func-returns-value]
    sign_in(browser)
    assert peer.logs_out(browser, seen[0]).status_code == 400


def test_a_logout_token_works_once(browser: FlaskClient, peer: Peer, sign_in: SignIn) -> None:
    token = logout(peer.logout_token(sid=None))
    assert peer.logs_out(browser, token).status_code == 200
    sign_in(browser)
    assert peer.logs_out(browser, token).status_code == 400
    assert is_signed_in(browser), "an old token must not sign the person out of the next session"


@pytest.mark.parametrize("form", [{}, {"logout_token": ["a", "b"]}, {"logout_token": ""}])
def test_a_call_without_exactly_one_token_is_refused(browser: FlaskClient, form: dict[str, object]) -> None:
    assert browser.post("/back-channel-logout", data=form).status_code == 400


def test_a_call_while_the_keys_cannot_be_had_can_be_repeated(browser: FlaskClient, peer: Peer) -> None:
    token = logout(peer.logout_token(), key=EC_KEY)
    peer.is_away = True
    assert peer.logs_out(browser, token).status_code == 503
    peer.is_away = False
    assert peer.logs_out(browser, token).status_code == 200


def test_junk_from_outside_does_not_spend_the_refetch_of_sign_ins(
    browser: FlaskClient, peer: Peer, sign_in: SignIn, clock: HandClock
) -> None:
    peer.keys = [EC_KEY]
    assert peer.logs_out(browser, logout(peer.logout_token(), kid="junk")).status_code == 400
    peer.keys = [EC_KEY, RSA_KEY]
    assert sign_in(browser).status_code == 303
