"""Fact S14: the MES menu lists the modules that one is authorised for; everything else is shut, and says whom to ask."""

from playwright.sync_api import expect

from idp.audit.trail import OPERATOR
from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo


def test_s14_the_menu_lists_what_the_person_may_open_and_nothing_else(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person(modules=("mmis",))
    browser.open(f"{demo.provider}/menu")
    browser.sign_in(person)
    browser.sees_heading("MES menu")
    links = browser.main().get_by_role("link")
    expect(links.filter(has_text="MMIS")).to_have_count(1)
    expect(links.filter(has_text="Appeals")).to_have_count(0)
    browser.follow("MMIS")
    browser.is_at(demo.mmis)
    browser.sees("Good to see you")


def test_s14_the_bare_address_leads_to_the_menu(browser: AtBrowser, demo: Demo) -> None:
    browser.open(demo.provider)
    browser.sign_in(demo.person())
    browser.is_at(f"{demo.provider}/menu")


@in_both_languages
def test_s14_a_module_that_is_shut_says_who_why_and_whom_to_ask(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person(modules=("mmis",))
    browser.begin_at("appeals")
    browser.sign_in(person)
    browser.sees_heading(browser.say("You do not have access to %(module)s"))
    browser.sees(person.name)
    browser.sees(person.user_id)
    browser.sees("804-486-2865")
    browser.press("Go to the MES menu")
    browser.sees_heading("MES menu")


def test_s14_a_module_that_is_shut_offers_another_account(browser: AtBrowser, demo: Demo) -> None:
    shut_out, let_in = demo.person(modules=("mmis",)), demo.person()
    browser.begin_at("appeals")
    browser.sign_in(shut_out)
    browser.press("Use another account")
    browser.sign_in(let_in)
    browser.sees_heading("My appeals")


@in_both_languages
def test_s14_who_is_authorised_for_nothing_reads_whom_to_ask(browser: AtBrowser, demo: Demo) -> None:
    browser.open(f"{demo.provider}/menu")
    browser.sign_in(demo.person(modules=()))
    browser.sees("You are not authorized for a module yet")
    browser.sees("MES-Assist@dmas.virginia.gov")


def test_access_that_is_taken_away_shuts_the_module_at_the_next_opening(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.open(f"{demo.provider}/menu")
    browser.sign_in(person)
    browser.sees_heading("MES menu")
    assert demo.house.modules.administer.revoke(demo.account(person), "appeals", OPERATOR)
    browser.begin_at("appeals")
    browser.sees_heading(browser.say("You do not have access to %(module)s"))
