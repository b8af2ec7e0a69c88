"""Fact S11: 3 invalid attempts lock the account, it opens by itself after 30 minutes, and the page says so."""

import re
from collections.abc import Callable

import pytest

from idp.audit.trail import OPERATOR
from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo
from tests.servers.people import Person, somebody

WRONG = "Wrong.Password.123"
LOCKED = "It opens again by itself at %(time)s, in %(minutes)s minutes."


@in_both_languages
def test_s11_three_wrong_passwords_lock_and_half_an_hour_opens(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    for _ in range(2):
        browser.give_password(person, WRONG)
        browser.sees("The User ID or password is not right")
    browser.give_password(person, WRONG)
    browser.sees(browser.say(LOCKED))
    browser.give_password(person)
    browser.sees(browser.say(LOCKED))
    assert {"29", "30"} & set(re.findall(r"\d+", browser.main().get_by_role("alert").inner_text()))
    demo.advance(30 * 60 + 1)
    browser.give_password(person)
    browser.sees_heading("Verify that it is you")


def test_s11_an_unknown_user_id_locks_alike(new_browser: Callable[..., AtBrowser], demo: Demo) -> None:
    told = []
    for person in (demo.person(), somebody()):
        browser = new_browser()
        browser.begin_at("mmis")
        for _ in range(3):
            browser.give_password(person, WRONG)
            browser.sees(re.compile("not right|opens again"))
        words = browser.main().inner_text().replace(person.user_id, "")
        told.append(re.sub(r"\d+:\d\d|in \d+ minutes|MES-\w{4}\b", "", words))
    assert told[0] == told[1]


@in_both_languages
def test_s11_wrong_codes_are_invalid_attempts_too(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    browser.give_password(person)
    browser.choose()
    right = demo.code(person.user_id)
    wrong = "000000" if right != "000000" else "000001"
    browser.give_code(wrong)
    browser.sees(browser.say("You have %(tries)s tries left before sign-in is locked.", tries=2))
    browser.give_code(wrong)
    browser.sees(browser.say("You have %(tries)s try left before sign-in is locked.", tries=1))
    browser.give_code(wrong)
    browser.sees_heading("Sign-in is locked for this User ID")
    browser.begin_at("mmis")
    browser.give_password(person)
    browser.sees(browser.say(LOCKED))


@pytest.mark.parametrize("times", [2])
def test_s11_a_success_clears_what_was_counted(browser: AtBrowser, demo: Demo, times: int) -> None:
    person = demo.person()
    for round_number in range(1, times + 1):
        browser.begin_at("mmis")
        for _ in range(2):
            browser.give_password(person, WRONG)
            browser.sees("The User ID or password is not right")
        browser.sign_in(person, round_number)
        browser.is_at(demo.mmis)
        browser.sign_out_in_header()
        browser.is_at(f"{demo.mmis}/signed-out")
        demo.advance(61)


def test_the_help_desk_opens_a_lock_before_its_time(browser: AtBrowser, demo: Demo) -> None:
    person: Person = demo.person()
    browser.begin_at("mmis")
    for _ in range(3):
        browser.give_password(person, WRONG)
        browser.sees(re.compile("not right|opens again"))
    assert demo.house.people.administer.unlock(demo.account(person), OPERATOR)
    browser.give_password(person)
    browser.sees_heading("Verify that it is you")
