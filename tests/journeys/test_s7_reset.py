"""Fact S7: reset by a link on the sign-in page, address and captcha, a temporary password by mail, a change at sign-in."""

import re
from collections.abc import Callable

from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo
from tests.servers.people import Person

NEW = "Walnut.Bridge.72"


def ask(browser: AtBrowser, person: Person) -> None:
    """Follow the link, tick the box by keyboard and send the form."""
    browser.follow("Reset password")
    browser.sees_heading("Reset your password")
    browser.fill("User ID", person.user_id)
    box = browser.page.get_by_role("checkbox", name=browser.say("I am not a program"))
    box.focus()
    browser.page.keyboard.press("Space")
    browser.sees("Checked")
    browser.look()
    browser.press("E-mail me a temporary password")
    browser.sees_heading("Look at your e-mail")
    browser.look()


def temporary_password(browser: AtBrowser, person: Person, count: int = 1) -> str:
    """Return what the newest mail holds."""
    message = browser.demo.message(person.user_id, count)
    assert message["subject"] == browser.say("Your temporary password for MES")
    found = re.search(r"^\s*(\S{20})\s*$", message["body"], re.MULTILINE)
    assert found, message["body"]
    return found[1]


def finish(browser: AtBrowser, demo: Demo, person: Person, temporary: str, count: int = 2) -> None:
    """Sign in with the temporary password and choose a new one."""
    browser.give_password(person, temporary)
    browser.choose()
    browser.give_code(demo.code(person.user_id, count))
    browser.sees_heading("Choose a new password")
    browser.fill("New password", NEW)
    browser.fill("New password again", NEW)
    browser.press("Save and continue")


@in_both_languages
def test_s7_a_forgotten_password_in_one_browser(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    browser.give_password(person, "Wrong.Password.123")
    browser.sees("The User ID or password is not right")
    ask(browser, person)
    browser.follow("Back to sign-in")
    finish(browser, demo, person, temporary_password(browser, person))
    browser.is_at(demo.mmis)
    browser.sees("Good to see you")
    assert demo.message(person.user_id, 3)["subject"] == browser.say("Your MES password was changed")


@in_both_languages
def test_s7_asked_in_one_browser_and_finished_in_another(new_browser: Callable[..., AtBrowser], demo: Demo) -> None:
    person, asking, finishing = demo.person(), new_browser(), new_browser()
    asking.begin_at("mmis")
    ask(asking, person)
    body = demo.message(person.user_id)["body"]
    link = re.search(r"http://\S+", body)
    assert link, body
    assert link[0].startswith(demo.mmis)
    finishing.open(link[0])
    finishing.sees_heading("Sign in with your MES User ID")
    finish(finishing, demo, person, temporary_password(asking, person))
    finishing.is_at(demo.mmis)
    finishing.sees("Good to see you")
    asking.follow("Back to sign-in")
    asking.give_password(person, NEW)
    asking.sees_heading("Verify that it is you")


def test_s7_without_scripts(new_browser: Callable[..., AtBrowser], demo: Demo) -> None:
    browser, person = new_browser(java_script_enabled=False), demo.person()
    browser.begin_at("mmis")
    browser.follow("Reset password")
    browser.page.get_by_label("User ID", exact=True).fill(person.user_id)
    browser.press("E-mail me a temporary password")
    browser.sees("That was quick")
    demo.advance(10)
    browser.press("E-mail me a temporary password")
    browser.sees_heading("Look at your e-mail")
    browser.follow("Back to sign-in")
    finish(browser, demo, person, temporary_password(browser, person))
    browser.is_at(demo.mmis)


def test_s7_the_user_id_comes_along_and_sending_ticks_the_box(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("appeals")
    # At once, without waiting until the page is whole: some people are as quick.
    browser.page.get_by_label("User ID", exact=True).fill(person.user_id)
    browser.main().get_by_role("link", name="Reset password").first.click()
    browser.sees_heading("Reset your password")
    browser.page.wait_for_load_state()
    browser.sees_value("User ID", person.user_id)
    browser.press("E-mail me a temporary password")
    browser.sees_heading("Look at your e-mail")
    temporary_password(browser, person)


def test_s7_on_a_small_screen(new_browser: Callable[..., AtBrowser], demo: Demo) -> None:
    browser = new_browser(viewport={"width": 320, "height": 640})
    browser.open(f"{demo.provider}/reset-password")
    browser.look()
    browser.press("E-mail me a temporary password")
    browser.sees("Enter your User ID")
    browser.look()
    browser.follow("Go on without it")
    browser.look()
