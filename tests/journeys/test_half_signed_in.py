"""A browser that is half-way through signing in is nobody yet; and what belongs to one browser is worth nothing elsewhere."""

from collections.abc import Callable, Iterator

import pytest

from tests.journeys.at_browser import AtBrowser
from tests.servers.demo import Demo, temporary_password_in
from tests.servers.relying_party import RelyingParty


@pytest.fixture(scope="module")
def billing(demo: Demo) -> Iterator[RelyingParty]:
    """A first-party relying party without a module."""
    party = RelyingParty(demo.provider, demo.house, first_party=True)
    yield party
    party.close()


@pytest.mark.parametrize("how_far", ["password", "code asked", "code wrong"])
def test_half_signed_in_gets_no_code(browser: AtBrowser, demo: Demo, billing: RelyingParty, how_far: str) -> None:
    person = demo.person()
    browser.open(billing.authorization_url())
    browser.give_password(person)
    browser.sees_heading("Verify that it is you")
    if how_far != "password":
        browser.choose()
        browser.sees_heading("Enter the code we e-mailed you")
    if how_far == "code wrong":
        browser.give_code("000000" if demo.code(person.user_id) != "000000" else "000001")
        browser.sees("not right")
    browser.open(billing.authorization_url())
    browser.sees_heading("Sign in with your MES User ID")
    assert billing.answers.empty()
    browser.open(billing.authorization_url(prompt="none"))
    answer = billing.answer()
    assert answer["error"] == "login_required"
    assert "code" not in answer


def test_half_signed_in_with_a_temporary_password_gets_no_code(
    browser: AtBrowser, demo: Demo, billing: RelyingParty
) -> None:
    person = demo.person()
    demo.send_temporary_password(person)
    password = temporary_password_in(demo.message(person.user_id)["body"])
    browser.open(billing.authorization_url())
    browser.give_password(person, password)
    browser.choose()
    browser.give_code(demo.code(person.user_id, 2))
    browser.sees_heading("Choose a new password")
    browser.open(billing.authorization_url(prompt="none"))
    answer = billing.answer()
    assert answer["error"] in ("login_required", "interaction_required")
    assert "code" not in answer


def test_a_session_cookie_opens_nothing_half_way(browser: AtBrowser, demo: Demo, billing: RelyingParty) -> None:
    """Each rise in assurance has a new cookie: the value before it is worth nothing after it."""
    person = demo.person()
    browser.open(billing.authorization_url())
    browser.give_password(person)
    browser.sees_heading("Verify that it is you")
    before = {cookie["name"]: cookie["value"] for cookie in browser.context.cookies()}
    browser.choose()
    browser.give_code(demo.code(person.user_id))
    assert "code" in billing.answer()
    after = {cookie["name"]: cookie["value"] for cookie in browser.context.cookies()}
    assert before.get("mes_session") != after["mes_session"]


def test_the_interaction_of_another_browser_cannot_be_resumed(
    new_browser: Callable[..., AtBrowser], demo: Demo, billing: RelyingParty
) -> None:
    """SECURITY: a victim led into an attacker's interaction, or the other way round, ends in no code."""
    mine, theirs = new_browser(), new_browser()
    theirs.open(billing.authorization_url())
    person = demo.person()
    mine.open(f"{demo.provider}/menu")
    mine.sign_in(person)
    mine.sees_heading("MES menu")
    interaction = theirs.page.url.partition("interaction=")[2].partition("&")[0]
    assert interaction
    mine.open(f"{demo.provider}/authorize/resume?interaction={interaction}")
    mine.page.wait_for_load_state()
    assert billing.answers.empty()
    assert mine.page.url.startswith(demo.provider)
    mine.look()


def test_cookies_are_httponly_and_lax_and_hold_no_personal_data(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.open(f"{demo.provider}/menu")
    browser.sign_in(person)
    browser.sees_heading("MES menu")
    ours = [cookie for cookie in browser.context.cookies() if cookie["name"].startswith("mes_")]
    assert {cookie["name"] for cookie in ours} == {"mes_session", "mes_browser", "mes_device", "mes_state"}
    for cookie in ours:
        # The page for clients that watch the session reads its value, which opens nothing (Session Management 3.2).
        assert cookie["httpOnly"] == (cookie["name"] != "mes_state")
        assert cookie["sameSite"] == "Lax"
        assert person.user_id not in cookie["value"]
