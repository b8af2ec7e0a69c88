"""Fact S1: one User ID and password for all functions and modules of MES."""

import time

from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo


@in_both_languages
def test_s1_sign_in_at_mmis_opens_appeals_without_a_prompt(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    browser.sign_in(person)
    browser.is_at(demo.mmis)
    browser.sees(f"Good to see you, {person.name}")
    browser.begin_at("appeals")
    browser.is_at(f"{demo.appeals}/appeals")
    browser.sees_heading("My appeals")
    assert len(demo.inbox(person.user_id)) == 1


def test_s1_a_deep_link_comes_back_to_the_page_that_was_asked(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.open(f"{demo.mmis}/members")
    browser.sign_in(person)
    browser.is_at(f"{demo.mmis}/members")


def test_signing_out_of_mmis_signs_out_of_appeals_and_of_mes(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    browser.sign_in(person)
    browser.begin_at("appeals")
    browser.sees_heading("My appeals")
    browser.open(demo.mmis)
    browser.sign_out_in_header()
    browser.is_at(f"{demo.mmis}/signed-out")
    browser.sees("signed out of MMIS, of MES and of every module")
    browser.open(f"{demo.appeals}/appeals")
    browser.sees_heading("Sign in with your MES User ID")
    browser.open(f"{demo.provider}/menu")
    browser.sees_heading("Sign in with your MES User ID")


def test_signing_out_on_the_mes_menu_signs_out_of_every_module(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    browser.sign_in(person)
    browser.is_at(demo.mmis)
    browser.open(f"{demo.provider}/menu")
    browser.sign_out_in_header()
    browser.sees_heading("You are signed out")
    deadline = time.monotonic() + 60
    browser.open(demo.mmis)
    while browser.main().get_by_text("Good to see you").count():
        assert time.monotonic() < deadline, "MMIS was not told"
        browser.page.reload()


def test_one_person_signing_out_leaves_the_other_signed_in(new_browser, demo: Demo) -> None:  # type: ignore[no-untyped-def]
    here, there = new_browser(), new_browser()
    for browser in (here, there):
        browser.begin_at("mmis")
        browser.sign_in(demo.person())
        browser.is_at(demo.mmis)
    here.sign_out_in_header()
    here.is_at(f"{demo.mmis}/signed-out")
    there.open(demo.mmis)
    there.sees("Good to see you")
