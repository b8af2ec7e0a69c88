"""Fact S2: DMAS employees sign in with their DMAS e-mail address and DMAS password, and are asked for no code."""

import re

import pytest

from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo
from tests.servers.people import Person

DANA = Person("dana.whitfield@dmas.virginia.gov", "Harbor.Candle.58", "Dana", "Whitfield")
"""The employee whom the demo's stand-in directory knows."""


@in_both_languages
def test_s2_an_employee_opens_mmis_with_the_directory_password_alone(browser: AtBrowser, demo: Demo) -> None:
    browser.begin_at("mmis")
    browser.give_password(DANA)
    browser.is_at(demo.mmis)
    browser.sees("Good to see you, Dana Whitfield")
    assert demo.inbox(DANA.user_id) == []
    browser.begin_at("appeals")
    browser.sees_heading(re.compile("appeals"))


@pytest.mark.parametrize("user_id", ["nobody.known@dmas.virginia.gov", "nobody.known@clinic.example"])
def test_s2_an_unknown_employee_reads_what_every_unknown_person_reads(
    browser: AtBrowser, demo: Demo, user_id: str
) -> None:
    browser.begin_at("mmis")
    browser.give_password(Person(user_id, "Harbor.Candle.58"))
    browser.sees("The User ID or password is not right")


def test_s2_an_employee_who_wants_more_gets_the_step_up_screen(browser: AtBrowser, demo: Demo) -> None:
    browser.begin_at("appeals")
    browser.give_password(DANA)
    browser.follow("File an appeal")
    browser.sees_heading("This needs an authenticator app")
