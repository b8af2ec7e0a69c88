"""The account as a person meets it: profile, password, sessions, history, modules, "this was not me" (SECURITY P9, R5, T6)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo
from tests.servers.people import Person

NEW = "Walnut.Bridge.72"
SMALL = {"viewport": {"width": 320, "height": 640}}
QUIET = 130


def sign_in(browser: AtBrowser, demo: Demo, person: Person, count: int, path: str = "/account") -> None:
    """Come to a page of the account."""
    browser.open(demo.provider + path)
    browser.sign_in(person, count)
    browser.is_at(demo.provider + path)


def notice(demo: Demo, person: Person) -> str:
    """Let the quiet time pass; return the newest notice's address "this was not me"."""
    demo.advance(QUIET)
    count = len(demo.inbox(person.user_id))
    for message in (demo.message(person.user_id, count), demo.message(person.user_id, count + 1)):
        if found := re.search(r"https?://\S+/not-me\?\S+", message["body"]):
            return found[0]
    raise AssertionError("no notice came")


@in_both_languages
def test_s9_the_overview_says_who_keeps_what_and_leads_everywhere(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person(phone="+18045550142")
    sign_in(browser, demo, person, 1)
    browser.sees_heading("Your account")
    browser.sees(person.user_id)
    browser.look()
    for link, heading in (
        ("Password", "Change your password"),
        ("Ways to sign in", "Ways to sign in"),
        ("Where you are signed in", "Where you are signed in"),
        ("Sign-in history", "Sign-in history"),
        ("Connected modules", "Connected modules"),
    ):
        browser.main().get_by_role("link", name=browser.say(link), exact=True).click()
        browser.sees_heading(heading)
        browser.look()
        browser.open(demo.provider + "/account")


@in_both_languages
def test_p9_a_new_password_signs_out_everywhere_else_and_is_told(
    new_browser: Callable[..., AtBrowser], demo: Demo
) -> None:
    person = demo.person()
    other, browser = new_browser(), new_browser()
    sign_in(other, demo, person, 1)
    sign_in(browser, demo, person, 2, "/account/password")
    browser.fill("Present password", "Wrong.Kettle.41")
    browser.fill("New password", NEW)
    browser.fill("New password again", NEW)
    browser.press("Change password")
    browser.sees("Your present password is not right")
    browser.look()
    browser.fill("Present password", person.password)
    browser.fill("New password", NEW)
    browser.fill("New password again", NEW)
    browser.press("Change password")
    browser.sees("Your password was changed. Everywhere else you were signed out.")
    told = demo.message(person.user_id, 3)
    browser.sees(person.user_id)
    assert browser.say("Your password was changed. Other browsers were signed out.") in told["body"]
    other.open(demo.provider + "/account")
    other.is_at(demo.provider + "/sign-in")
    other.give_password(person)
    other.sees("The User ID or password is not right")


@in_both_languages
def test_s4_one_browser_signs_another_out(new_browser: Callable[..., AtBrowser], demo: Demo) -> None:
    person = demo.person()
    other, browser = new_browser(), new_browser(**SMALL)
    sign_in(other, demo, person, 1)
    sign_in(browser, demo, person, 2, "/account/sessions")
    browser.sees("This browser")
    browser.look()
    browser.main().get_by_role("button", name=browser.say("Sign out")).first.click()
    browser.sees("That browser was signed out of MES and its modules.")
    browser.look()
    other.open(demo.provider + "/account")
    other.is_at(demo.provider + "/sign-in")


@in_both_languages
def test_t6_the_menu_and_the_history_tell_of_attempts(new_browser: Callable[..., AtBrowser], demo: Demo) -> None:
    person = demo.person()
    browser, stranger = new_browser(**SMALL), new_browser()
    sign_in(browser, demo, person, 1, "/menu")
    browser.sign_out_in_header()
    stranger.open(demo.provider + "/menu")
    stranger.give_password(person, "Wrong.Kettle.41")
    stranger.sees("The User ID or password is not right")
    sign_in(browser, demo, person, 2, "/menu")
    browser.sees(browser.say("Since then there was %(count)s invalid attempt.", count=1))
    browser.look()
    browser.follow("See your sign-in history")
    browser.sees("Wrong password")
    browser.look()


@in_both_languages
def test_r5_this_was_not_me_closes_the_account_and_leads_to_a_reset(
    new_browser: Callable[..., AtBrowser], demo: Demo
) -> None:
    person = demo.person()
    owner, thief, mailbox = new_browser(), new_browser(), new_browser(**SMALL)
    sign_in(owner, demo, person, 1)
    sign_in(thief, demo, person, 2)
    mailbox.open(notice(demo, person))
    mailbox.sees_heading("Was this not you?")
    mailbox.look()
    thief.open(demo.provider + "/menu")
    thief.sees_heading("MES menu")
    mailbox.press("This was not me")
    mailbox.sees_heading("Your account is protected")
    mailbox.look()
    for browser in (owner, thief):
        browser.open(demo.provider + "/menu")
        browser.is_at(demo.provider + "/sign-in")
    thief.give_password(person)
    thief.sees("The User ID or password is not right")
    mailbox.follow("Set a new password")
    mailbox.sees_heading("Reset your password")


def test_every_page_works_without_scripts_and_at_320_px(new_browser: Callable[..., AtBrowser], demo: Demo) -> None:
    person = demo.person(phone="+18045550142")
    other, browser = new_browser(), new_browser(java_script_enabled=False, **SMALL)
    sign_in(other, demo, person, 1)
    sign_in(browser, demo, person, 2)
    for path in ("", "/password", "/sessions", "/history", "/modules"):
        browser.open(f"{demo.provider}/account{path}")
        expect(browser.main().get_by_role("heading", level=1)).to_be_visible()
    browser.open(f"{demo.provider}/account/sessions")
    browser.press("Sign out every other browser")
    browser.sees("Every other browser was signed out of MES and its modules.")
    other.open(demo.provider + "/account")
    other.is_at(demo.provider + "/sign-in")


@pytest.mark.parametrize("path", ["/account/password", "/account/sessions"])
def test_by_keyboard_alone(browser: AtBrowser, demo: Demo, path: str) -> None:
    person = demo.person()
    sign_in(browser, demo, person, 1, path)
    reached = set()
    for _ in range(40):
        browser.page.keyboard.press("Tab")
        reached.add(
            browser.page.evaluate("() => document.activeElement.id || document.activeElement.textContent.trim()")
        )
    assert "Back to your account" in reached or {"password", "new_password", "repeated"} <= reached
