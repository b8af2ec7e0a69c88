"""MMIS calls the API of Appeals over HTTP and acts on its challenge: step-up, return, the same call once more (RFC 9470)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.mmis.app import create_app as create_mmis
from clients.rp_kit import RelyingPartySettings
from tests.clients.peer import Peer
from tests.servers.clock import HandClock
from tests.servers.ports import free_port

SignIn = Callable[..., TestResponse]
MFA = "urn:mes:acr:mfa"
FILLED = {
    "kind": "payment",
    "reference": "CLM-2026-70001",
    "decided_on": "2026-11-02",
    "reason": "The claim was priced with the schedule of last year.",
    "filing_key": "one",
}


@pytest.fixture
def mmis(relying: RelyingPartySettings, resource: str, clock: HandClock) -> Flask:
    """MMIS that knows the API."""
    return create_mmis(replace(relying, resources=(resource,)), now=clock.now)


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def file(browser: FlaskClient, **changes: str) -> TestResponse:
    token = text(browser.get("/appeals")).split('name="form_token" value="')[1].split('"')[0]
    return browser.post("/appeals", data=FILLED | {"form_token": token} | changes)


def asked(location: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(location).query)


def test_rfc8707_2_1_the_sign_in_asks_for_the_api(browser: FlaskClient, sign_in: SignIn, resource: str) -> None:
    sent = browser.get("/sign-in").headers["Location"]
    assert asked(sent)["resource"] == [resource]


def test_reading_needs_nothing_more(browser: FlaskClient, sign_in: SignIn, peer: Peer) -> None:
    sign_in(browser)
    assert "Nothing yet" in text(browser.get("/appeals"))
    tokens_asked = peer.asked.count("/token")
    browser.get("/appeals")
    assert peer.asked.count("/token") == tokens_asked, "the token is kept until it ends"


def test_rfc9470_4_filing_steps_up_and_files_on_return(browser: FlaskClient, sign_in: SignIn, peer: Peer) -> None:
    sign_in(browser)
    sent = file(browser).headers["Location"]
    assert asked(sent)["acr_values"] == [MFA]
    assert asked(sent)["max_age"] == ["300"]
    assert asked(sent)["id_token_hint"][0].count(".") == 2
    peer.acr = MFA
    back = browser.get(peer.authorize(sent)).headers["Location"]
    assert back.startswith("/appeals/continue?call=")
    filed = browser.get(back)
    assert (filed.status_code, filed.headers["Location"]) == (303, "/appeals?filed=A-10001")
    page = text(browser.get(filed.headers["Location"]))
    assert "Appeals has your appeal" in page
    assert "CLM-2026-70001" in page
    assert browser.get(back).status_code == 400, "the call was made once and for all"
    assert text(browser.get("/appeals")).count("CLM-2026-70001") == 1


def test_rfc9470_4_a_sign_in_too_long_ago_is_renewed(
    browser: FlaskClient, sign_in: SignIn, peer: Peer, clock: HandClock
) -> None:
    peer.acr = MFA
    sign_in(browser)
    peer.auth_time = clock.now()
    clock.advance(361)
    sent = file(browser).headers["Location"]
    assert asked(sent)["max_age"] == ["300"]
    peer.auth_time = clock.now()
    back = browser.get(peer.authorize(sent)).headers["Location"]
    assert browser.get(back).headers["Location"] == "/appeals?filed=A-10001"


def test_a_recent_strong_sign_in_files_at_once(browser: FlaskClient, sign_in: SignIn, peer: Peer) -> None:
    peer.acr = MFA
    sign_in(browser)
    assert file(browser).headers["Location"] == "/appeals?filed=A-10001"


def test_who_turns_back_may_try_again(browser: FlaskClient, sign_in: SignIn, peer: Peer) -> None:
    sign_in(browser)
    declined = browser.get(peer.authorize(file(browser).headers["Location"], error="access_denied", code=None))
    assert declined.status_code == 403
    again = text(declined).split('href="/appeals/continue?call=')[1].split('"')[0]
    sent = browser.get(f"/appeals/continue?call={again}").headers["Location"]
    peer.acr = MFA
    back = browser.get(peer.authorize(sent)).headers["Location"]
    assert browser.get(back).headers["Location"] == "/appeals?filed=A-10001"


def test_a_challenge_that_a_step_up_does_not_end_is_not_followed_for_ever(
    browser: FlaskClient, sign_in: SignIn, peer: Peer, clock: HandClock
) -> None:
    peer.acr = MFA
    peer.auth_time = clock.now() - 5_000
    sign_in(browser)
    sent = file(browser).headers["Location"]
    back = browser.get(peer.authorize(sent)).headers["Location"]
    answer = browser.get(back)
    assert answer.status_code == 403
    assert "A stronger sign-in is needed" in text(answer)


def test_a_kept_call_is_nobody_elses(
    mmis: Flask, browser: FlaskClient, new_browser: Callable[[Flask], FlaskClient], sign_in: SignIn, peer: Peer
) -> None:
    sign_in(browser)
    sent = file(browser).headers["Location"]
    peer.acr = MFA
    back = browser.get(peer.authorize(sent))
    peer.subject, peer.userinfo = "sub-of-another", {"sub": "sub-of-another", "name": "Ann Other"}
    other = new_browser(mmis)
    sign_in(other)
    assert other.get(back.headers["Location"]).status_code == 400
    peer.subject = "sub-of-dana"
    assert browser.get(back.headers["Location"]).status_code == 303, "and its owner's is not burned"


@pytest.mark.parametrize(("later", "status"), [(9, 303), (10, 400)])
def test_the_newest_ten_calls_wait(
    browser: FlaskClient, sign_in: SignIn, peer: Peer, clock: HandClock, later: int, status: int
) -> None:
    sign_in(browser)
    first = file(browser).headers["Location"]
    for _ in range(later):
        clock.advance(1)
        file(browser)
    peer.acr = MFA
    assert browser.get(browser.get(peer.authorize(first)).headers["Location"]).status_code == status


def test_another_site_cannot_file(browser: FlaskClient, sign_in: SignIn, peer: Peer) -> None:
    peer.acr = MFA
    sign_in(browser)
    answer = file(browser, form_token="guessed")
    assert answer.status_code == 400
    assert "CLM-2026-70001" in text(answer), "what was typed stays"
    assert "Nothing yet" in text(browser.get("/appeals"))


def test_faults_of_the_form_come_from_appeals(browser: FlaskClient, sign_in: SignIn, peer: Peer) -> None:
    peer.acr = MFA
    sign_in(browser)
    answer = file(browser, reference="<b>")
    assert answer.status_code == 422
    assert 'id="reference-fault"' in text(answer)
    assert "<b>" not in text(answer)


def test_an_empty_field_is_named_before_anybody_is_sent_away(browser: FlaskClient, sign_in: SignIn, peer: Peer) -> None:
    sign_in(browser)
    answer = file(browser, reference=" ", kind="")
    assert answer.status_code == 422
    assert text(answer).count('class="fault"') == 2


def test_a_session_that_the_provider_ended_signs_in_anew(browser: FlaskClient, sign_in: SignIn, peer: Peer) -> None:
    sign_in(browser)
    peer.refresh_token = "another"
    assert browser.get("/appeals").headers["Location"].startswith(f"{peer.issuer}/authorize?")
    assert browser.get("/members").headers["Location"].startswith(f"{peer.issuer}/authorize?")


def test_a_resource_that_is_not_registered_ends_no_session(browser: FlaskClient, sign_in: SignIn, peer: Peer) -> None:
    sign_in(browser)
    peer.resources = set()
    answer = browser.get("/appeals")
    assert answer.status_code == 503
    assert "Appeals does not answer" in text(answer)
    assert browser.get("/members").status_code == 200


def test_appeals_away_keeps_what_was_written(
    relying: RelyingPartySettings,
    new_browser: Callable[[Flask], FlaskClient],
    sign_in: SignIn,
    peer: Peer,
    clock: HandClock,
) -> None:
    nobody_there = f"http://localhost:{free_port()}/appeals/api"
    peer.resources = {nobody_there}
    browser = new_browser(create_mmis(replace(relying, resources=(nobody_there,)), now=clock.now))
    sign_in(browser)
    answer = file(browser)
    assert answer.status_code == 503
    assert "Appeals does not answer" in text(answer)
    assert "CLM-2026-70001" in text(answer)


def test_many_requests_at_once_use_the_refresh_token_one_by_one(
    mmis: Flask, browser: FlaskClient, new_browser: Callable[[Flask], FlaskClient], sign_in: SignIn, peer: Peer
) -> None:
    sign_in(browser)
    cookie = browser.get_cookie("mmis_session")
    assert cookie is not None
    before = peer.asked.count("/token")

    def read(_number: int) -> int:
        tab = new_browser(mmis)
        tab.set_cookie("mmis_session", cookie.value)
        return tab.get("/appeals").status_code

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(read, range(6))) == [200] * 6
    assert peer.asked.count("/token") == before + 1, "one asked, and all used what it got"
