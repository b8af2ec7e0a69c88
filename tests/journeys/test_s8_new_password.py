"""Facts S8 and S12: two mails, a temporary password that opens the change page only, rules that tick while typing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo, temporary_password_in
from tests.servers.people import Person

GOOD = "Quiet.River.Stone.58"


@pytest.fixture
def approved(demo: Demo) -> Person:
    """Somebody who was just approved and got the two mails."""
    return demo.approve()


def _temporary_password(demo: Demo, person: Person) -> str:
    demo.message(person.user_id, 2)
    (mail,) = [message for message in demo.inbox(person.user_id) if "emporary password" in message["subject"]]
    return temporary_password_in(mail["body"])


def test_s12_user_id_and_temporary_password_come_in_two_mails(demo: Demo, approved: Person) -> None:
    password = _temporary_password(demo, approved)
    with_user_id = [message for message in demo.inbox(approved.user_id) if approved.user_id in message["body"]]
    with_password = [message for message in demo.inbox(approved.user_id) if password in message["body"]]
    assert len(with_password) == 1
    assert with_password[0] not in with_user_id


def _begin(browser: AtBrowser, demo: Demo, approved: Person) -> None:
    browser.begin_at("mmis")
    browser.give_password(approved, _temporary_password(demo, approved))
    browser.choose()
    browser.give_code(demo.code(approved.user_id, 3))
    browser.sees_heading("Choose a new password")


def _set(browser: AtBrowser, password: str, repeated: str = "") -> None:
    browser.fill("New password", password)
    browser.fill("New password again", repeated or password)
    browser.press("Save and continue")


@in_both_languages
def test_s8_a_first_sign_in_ends_in_mmis_with_the_new_password(
    browser: AtBrowser, demo: Demo, approved: Person
) -> None:
    _begin(browser, demo, approved)
    _set(browser, GOOD)
    browser.is_at(demo.mmis)
    browser.sees("Good to see you")
    browser.sign_out_in_header()
    browser.is_at(f"{demo.mmis}/signed-out")
    browser.begin_at("mmis")
    browser.give_password(approved, GOOD)
    browser.sees_heading("Verify that it is you")


def test_s8_the_rules_tick_while_typing(browser: AtBrowser, demo: Demo, approved: Person) -> None:
    _begin(browser, demo, approved)
    rules = {rule: browser.page.locator(f"[data-rule={rule}]") for rule in ("min_length", "upper", "digit", "special")}
    field = browser.page.get_by_label("New password", exact=True)
    field.fill("Aa1")
    expect(rules["upper"]).to_have_attribute("data-state", "met")
    expect(rules["digit"]).to_have_attribute("data-state", "met")
    expect(rules["min_length"]).to_have_attribute("data-state", "open")
    expect(rules["special"]).to_have_attribute("data-state", "open")
    field.fill("Aa1 = twelve+")
    expect(rules["min_length"]).to_have_attribute("data-state", "met")
    expect(rules["special"]).to_have_attribute("data-state", "met")


@pytest.mark.parametrize(("language", "with_scripts"), [("en", True), ("es", False)])
def test_s8_every_broken_rule_is_named_at_once_by_the_server(
    new_browser: Callable[..., AtBrowser], demo: Demo, approved: Person, with_scripts: bool
) -> None:
    browser = new_browser(java_script_enabled=with_scripts)
    _begin(browser, demo, approved)
    _set(browser, "short")
    browser.sees(browser.say("Use at least %(count)s characters", count=12))
    browser.sees("Add a capital letter")
    browser.sees("Add a number")
    browser.sees(browser.say("Add one of these: %(specials)s"))
    _set(browser, GOOD, "Quiet.River.Stone.59")
    browser.sees("The two passwords are not the same")
    _set(browser, GOOD)
    browser.is_at(demo.mmis)


def test_a_temporary_password_opens_nothing_but_the_change_page(
    browser: AtBrowser, demo: Demo, approved: Person
) -> None:
    _begin(browser, demo, approved)
    browser.open(f"{demo.provider}/menu")
    expect(browser.page.get_by_role("heading", level=1)).not_to_have_text("MES menu")
    browser.open(f"{demo.mmis}/members")
    browser.sees_heading(re.compile("Choose a new password|Sign in with your MES User ID"))
