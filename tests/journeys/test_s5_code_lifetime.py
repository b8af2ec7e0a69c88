"""Fact S5: a code is valid 40 minutes. To the second this is tested where time stands still; here, with real pages."""

from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo

JUST_BEFORE = 40 * 60 - 90
"""Seconds, less what the browser needs on a machine that does much else."""


def test_s5_a_code_is_accepted_just_before_40_minutes(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    browser.give_password(person)
    browser.choose()
    code = demo.code(person.user_id)
    demo.advance(JUST_BEFORE)
    browser.give_code(code)
    browser.is_at(demo.mmis)
    browser.sees("Good to see you")


@in_both_languages
def test_s5_a_code_is_refused_after_40_minutes_and_another_one_works(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    browser.give_password(person)
    browser.choose()
    code = demo.code(person.user_id)
    demo.advance(40 * 60 + 1)
    browser.give_code(code)
    browser.sees("That code can no longer be used")
    browser.press("Send another code")
    browser.give_code(demo.code(person.user_id, 2))
    browser.is_at(demo.mmis)
    browser.sees("Good to see you")
