"""Appeals: reading by any sign-in, filing by a strong one, and nobody sees another's appeals."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.clients.peer import Peer
from tests.servers.clock import HandClock

SignIn = Callable[..., TestResponse]
NewBrowser = Callable[[Flask], FlaskClient]
MFA = "urn:mes:acr:mfa"
FILLED = {
    "kind": "payment",
    "reference": "CLM-2026-70001",
    "decided_on": "2026-11-02",
    "reason": "The claim was priced with the schedule of last year.",
    "filing_key": "one",
}


@pytest.fixture
def desk(appeals: Flask, new_browser: NewBrowser) -> FlaskClient:
    """A browser at Appeals."""
    return new_browser(appeals)


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def form_token(browser: FlaskClient) -> str:
    return text(browser.get("/appeals")).split('name="form_token" value="')[1].split('"')[0]


def step_up(browser: FlaskClient, peer: Peer, acr: str = MFA) -> TestResponse:
    """Open the filing form and sign in more strongly on the way."""
    sent = browser.get("/appeals/new").headers["Location"]
    asked = parse_qs(urlsplit(sent).query)
    assert asked["acr_values"] == [MFA]
    assert asked["id_token_hint"][0].count(".") == 2
    peer.acr = acr
    return browser.get(peer.authorize(sent))


@pytest.mark.parametrize("acr", [MFA, "urn:mes:acr:phishing-resistant"])
def test_filing_steps_up_returns_to_the_form_and_shows_in_the_list(
    desk: FlaskClient, peer: Peer, sign_in: SignIn, acr: str
) -> None:
    sign_in(desk)
    assert "CLM-2026-48113" in text(desk.get("/appeals"))
    assert step_up(desk, peer, acr).headers["Location"] == "/appeals/new"
    assert "File this appeal" in text(desk.get("/appeals/new"))
    filed = desk.post("/appeals/new", data=FILLED | {"form_token": form_token(desk)})
    assert filed.status_code == 303
    assert "Your appeal is filed" in text(desk.get(filed.headers["Location"]))
    assert "CLM-2026-70001" in text(desk.get("/appeals"))


@pytest.mark.parametrize("acr", ["urn:mes:acr:passcode", "urn:mes:acr:password", "urn:example:other", ""])
def test_a_level_too_low_is_not_enough_and_says_how_to_get_an_app(
    desk: FlaskClient, peer: Peer, sign_in: SignIn, acr: str
) -> None:
    sign_in(desk)
    answer = step_up(desk, peer, acr)
    assert answer.status_code == 403
    assert f'href="{peer.issuer}/account"' in text(answer)
    assert "authenticator app" in text(answer)
    assert desk.get("/appeals").status_code == 200, "the earlier sign-in stands"
    assert desk.post("/appeals/new", data=FILLED | {"form_token": form_token(desk)}).status_code == 401


@pytest.mark.parametrize("error", ["unmet_authentication_requirements", "access_denied"])
def test_a_person_without_an_app_is_told_how_to_get_one(
    desk: FlaskClient, peer: Peer, sign_in: SignIn, error: str
) -> None:
    sign_in(desk)
    sent = desk.get("/appeals/new").headers["Location"]
    answer = desk.get(peer.authorize(sent, error=error, code=None))
    assert "Filing an appeal needs an authenticator app" in text(answer)
    assert f'href="{peer.issuer}/account"' in text(answer)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "other"),
        ("kind", ""),
        ("reference", "abc"),
        ("reference", "<b>bold</b>"),
        ("reference", "A" * 31),
        ("decided_on", "2026-11-24"),
        ("decided_on", "yesterday"),
        ("decided_on", "2026-02-30"),
        ("decided_on", "\uff12\uff10\uff12\uff16-11-02"),
        ("reason", "too short"),
        ("reason", "x" * 2001),
        ("reason", "a NUL byte\x00 in the middle of it"),
    ],
)
def test_a_form_that_cannot_be_filed_names_the_field_and_keeps_the_rest(
    desk: FlaskClient, peer: Peer, sign_in: SignIn, field: str, value: str
) -> None:
    sign_in(desk)
    step_up(desk, peer)
    answer = desk.post("/appeals/new", data=FILLED | {field: value, "form_token": form_token(desk)})
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in text(answer)
    assert text(answer).count('class="fault"') == 1
    kept = "reason" if field == "reference" else "reference"
    assert FILLED[kept] in text(answer)
    assert "<b>bold" not in text(answer)


def test_pressing_the_button_twice_files_once(desk: FlaskClient, peer: Peer, sign_in: SignIn) -> None:
    sign_in(desk)
    step_up(desk, peer)
    form = FILLED | {"form_token": form_token(desk)}
    assert desk.post("/appeals/new", data=form).headers == desk.post("/appeals/new", data=form).headers
    assert text(desk.get("/appeals")).count("CLM-2026-70001") == 1


def test_another_site_cannot_file(desk: FlaskClient, peer: Peer, sign_in: SignIn) -> None:
    sign_in(desk)
    step_up(desk, peer)
    assert desk.post("/appeals/new", data=FILLED).status_code == 400
    assert "CLM-2026-70001" not in text(desk.get("/appeals"))


def test_text_typed_survives_a_session_that_ends(
    desk: FlaskClient, peer: Peer, clock: HandClock, sign_in: SignIn
) -> None:
    sign_in(desk)
    step_up(desk, peer)
    old = form_token(desk)
    clock.advance(901)
    answer = desk.post("/appeals/new", data=FILLED | {"form_token": old})
    assert answer.status_code == 401
    assert FILLED["reason"] in text(answer)
    sign_in(desk, "/appeals/new")
    again = desk.post("/appeals/new", data=FILLED | {"form_token": old})
    assert again.status_code == 400
    assert FILLED["reason"] in text(again)
    token = text(again).rsplit('name="form_token" value="', 1)[1].split('"')[0]
    assert desk.post("/appeals/new", data=FILLED | {"form_token": token}).status_code == 303


def test_nobody_sees_another_persons_appeals_but_a_reviewer(
    appeals: Flask, desk: FlaskClient, new_browser: NewBrowser, peer: Peer, sign_in: SignIn
) -> None:
    sign_in(desk)
    step_up(desk, peer)
    place = desk.post("/appeals/new", data=FILLED | {"form_token": form_token(desk)}).headers["Location"]
    other = new_browser(appeals)
    peer.subject = "sub-of-omar"
    peer.userinfo = {"sub": "sub-of-omar", "name": "Omar Reyes"}
    sign_in(other, "/appeals")
    assert "CLM-2026-70001" not in text(other.get("/appeals"))
    assert other.get(place).status_code == 404
    peer.userinfo = peer.userinfo | {"roles": ["reviewer"]}
    sign_in(other)
    assert "CLM-2026-70001" in text(other.get("/appeals"))
    assert other.get(place).status_code == 200


def test_an_appeal_that_does_not_exist_is_a_page_not_an_error(desk: FlaskClient, sign_in: SignIn) -> None:
    sign_in(desk)
    for number in ("999999", "99999999999999999999", "0", "x"):
        assert desk.get(f"/appeals/{number}").status_code == 404
