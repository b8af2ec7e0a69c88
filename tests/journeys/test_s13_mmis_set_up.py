"""Fact S13: MMIS users get two mails more, and need both for the first way into MMIS; from then on it opens directly."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from idp.audit.trail import OPERATOR
from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo, temporary_password_in
from tests.servers.people import Person

ID, PASSWORD = "MMIS User ID (E6Code)", "MMIS temporary password"
MAILS = 2
"""What somebody has in the inbox before signing in."""
STEP_2 = {"module": "MMIS", "step": 2, "steps": 3}


def mailed(demo: Demo, person: Person, mails: int = MAILS) -> tuple[str, str]:
    """Return E6Code and MMIS temporary password, the newest of each, once so many mails came."""
    demo.message(person.user_id, mails)
    bodies = [str(message["body"]) for message in demo.inbox(person.user_id)]
    ids = [body for body in bodies if re.search(r"^ +E6[A-Z]\d{5}$", body, re.MULTILINE)]
    passwords = [body for body in bodies if re.search(r"^ +\w{4}(-\w{4}){4}$", body, re.MULTILINE)]
    assert not set(ids) & set(passwords), "no mail holds both"
    return re.findall(r"E6[A-Z]\d{5}", ids[0])[0], temporary_password_in(passwords[0])


def enter(browser: AtBrowser, external_id: str, password: str) -> None:
    """Fill in the form and send it."""
    browser.fill(ID, external_id)
    browser.fill(PASSWORD, password)
    browser.press("Finish set-up")


@in_both_languages
def test_s13_the_first_way_into_mmis_needs_both_mails(new_browser: Callable[..., AtBrowser], demo: Demo) -> None:
    browser, person = new_browser(), demo.person(sets_up=True)
    external_id, password = mailed(demo, person)
    browser.begin_at("mmis")
    browser.sign_in(person, MAILS + 1)
    browser.sees_heading(browser.say("Set up %(module)s", module="MMIS"))
    browser.sees(browser.say("Step %(step)s of %(steps)s", step=2, steps=3))
    browser.look()
    enter(browser, external_id, "wrong-password")
    browser.sees("That is not right")
    browser.look()
    enter(browser, external_id, password)
    browser.is_at(demo.mmis)
    browser.sees(external_id)

    later = new_browser()
    later.begin_at("mmis")
    demo.advance(61)
    later.sign_in(person, len(demo.inbox(person.user_id)) + 1)
    later.is_at(demo.mmis)
    later.sees(external_id)


@in_both_languages
def test_s13_the_menu_says_at_which_step_one_is(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person(sets_up=True)
    external_id, password = mailed(demo, person)
    browser.open(f"{demo.provider}/menu")
    browser.sign_in(person, MAILS + 1)
    finish = browser.say("Finish %(module)s set-up, step %(step)s of %(steps)s", **STEP_2)
    browser.look()
    browser.follow(finish)
    enter(browser, external_id, password)
    browser.sees_heading("MES menu")
    browser.sees(
        browser.say("%(module)s is set up. Step %(steps)s of %(steps)s: open it below.", module="MMIS", steps=3)
    )
    expect(browser.main().get_by_role("link", name=finish)).to_have_count(0)
    browser.look()
    browser.follow("MMIS")
    browser.is_at(demo.mmis)
    browser.sees(external_id)


@in_both_languages
def test_s13_mails_that_did_not_come_can_be_had_again(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person(sets_up=True)
    _, old = mailed(demo, person)
    browser.begin_at("mmis")
    browser.sign_in(person, MAILS + 1)
    demo.advance(61)
    browser.press("Send both e-mails again")
    browser.sees("Both e-mails are on their way again. Earlier passwords no longer work.")
    browser.look()
    external_id, new = mailed(demo, person, MAILS + 3)
    enter(browser, external_id, old)
    browser.sees("That password can no longer be used")
    enter(browser, external_id, new)
    browser.is_at(demo.mmis)


@in_both_languages
def test_s13_three_wrong_tries_lock_the_set_up_and_say_whom_to_ask(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person(sets_up=True)
    browser.begin_at("mmis")
    mailed(demo, person)
    browser.sign_in(person, MAILS + 1)
    for _ in range(3):
        enter(browser, "E6X00000", "wrong")
    browser.sees_heading(browser.say("The set-up of %(module)s is locked", module="MMIS"))
    browser.sees("MES-Assist@dmas.virginia.gov")
    browser.look()
    browser.press("Go to the MES menu")
    browser.follow("Appeals")
    browser.sees_heading("My appeals")


@in_both_languages
def test_s13_who_has_two_e6codes_says_which(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    account = demo.account(person)
    second = f"E6T{account.id:05}"
    with demo.house.database.transaction() as connection:
        demo.house.modules.catalogue.add_external_id(connection, account.id, "mmis", second)
    browser.begin_at("mmis")
    browser.sign_in(person)
    browser.sees_heading(browser.say("Which %(id_word)s do you want to use?", id_word="E6Code"))
    browser.look()
    browser.page.get_by_role("radio", name=second).check()
    browser.press("Continue")
    browser.is_at(demo.mmis)
    browser.sees(second)


@in_both_languages
def test_s13_a_withdrawn_e6code_says_whom_to_ask(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    assert demo.house.modules.own_accounts.withdraw(demo.account(person), "mmis", OPERATOR) == 1
    browser.sign_in(person)
    browser.sees_heading(browser.say("Your account in %(module)s was withdrawn", module="MMIS"))
    browser.sees("MES-Assist@dmas.virginia.gov")
    browser.look()


def test_s13_on_a_phone_and_without_scripts(new_browser: Callable[..., AtBrowser], demo: Demo) -> None:
    person = demo.person(sets_up=True)
    external_id, password = mailed(demo, person)
    small = new_browser(viewport={"width": 320, "height": 640})
    small.open(f"{demo.provider}/menu")
    small.sign_in(person, MAILS + 1)
    small.look()
    small.follow(small.say("Finish %(module)s set-up, step %(step)s of %(steps)s", **STEP_2))
    small.look()
    plain = new_browser(java_script_enabled=False)
    plain.begin_at("mmis")
    demo.advance(61)
    plain.sign_in(person, MAILS + 2)
    enter(plain, external_id, password)
    plain.is_at(demo.mmis)
    plain.sees(external_id)
