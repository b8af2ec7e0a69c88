"""The back button, a second tab, a bookmarked form, an expired interaction: there is always a way on."""

import re
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy

import pytest

from tests.journeys.at_browser import AtBrowser
from tests.servers.demo import Demo
from tests.servers.web_client import WebClient

AN_HOUR = 3_601


def test_back_button_after_sign_in_leads_on(browser: AtBrowser, demo: Demo) -> None:
    browser.begin_at("mmis")
    browser.sign_in(demo.person())
    browser.is_at(demo.mmis)
    form_left = browser.demo.provider
    for _ in range(6):
        browser.page.go_back()
        if browser.page.url.startswith(form_left):
            break
    browser.page.reload()
    if browser.page.url.startswith(form_left):
        browser.follow("Go to the MES menu")
    browser.open(demo.mmis)
    browser.sees("Good to see you")


def test_back_button_to_the_password_page_and_forward_with_the_same_form(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    browser.give_password(person)
    browser.sees_heading("Verify that it is you")
    browser.page.go_back()
    browser.page.reload()
    browser.sees_heading("Verify that it is you")
    browser.choose()
    browser.give_code(demo.code(person.user_id))
    browser.is_at(demo.mmis)


def test_the_form_of_a_finished_sign_in_sent_again(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    old_form = browser.page.url
    browser.sign_in(person)
    browser.is_at(demo.mmis)
    browser.open(old_form)
    browser.follow("Go to the MES menu")
    browser.page.wait_for_load_state()
    assert browser.page.url.startswith((demo.mmis, f"{demo.provider}/menu"))


def test_two_tabs_sign_in_to_two_modules_with_one_password(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    first = browser.page
    browser.page = browser.context.new_page()
    browser.begin_at("appeals")
    browser.sign_in(person)
    browser.sees_heading("My appeals")
    browser.page = first
    browser.page.reload()
    browser.is_at(demo.mmis)
    browser.sees("Good to see you")


def test_a_second_tab_sends_a_form_that_is_no_longer_asked(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    first = browser.page
    browser.page = browser.context.new_page()
    browser.open(first.url)
    browser.sign_in(person)
    browser.is_at(demo.mmis)
    browser.page = first
    browser.give_password(person)
    assert browser.page.url.startswith((demo.mmis, demo.provider))
    browser.open(demo.mmis)
    browser.sees("Good to see you")


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/verify", "/sign-in/code", "/sign-in/new-password"])
def test_a_bookmarked_page_leads_to_a_sign_in(browser: AtBrowser, demo: Demo, path: str) -> None:
    browser.open(f"{demo.provider}{path}?interaction=bookmarked-long-ago")
    if browser.page.get_by_role("link", name="Start again").count():
        browser.follow("Start again")
    browser.sees_heading("Sign in with your MES User ID")
    browser.sign_in(demo.person())
    browser.sees_heading("MES menu")


def test_an_expired_interaction_starts_again_and_nothing_is_lost(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    demo.advance(AN_HOUR)
    browser.give_password(person)
    browser.sees_heading(re.compile("Sign in with your MES User ID|no longer open"))
    if browser.page.get_by_role("link", name="Start again").count():
        browser.follow("Start again")
    browser.sign_in(person)
    browser.page.wait_for_load_state()
    browser.begin_at("mmis")
    browser.sees("Good to see you")


def test_an_interaction_of_another_browser_is_refused_with_a_way_on(
    new_browser: Callable[..., AtBrowser], demo: Demo
) -> None:
    mine, theirs = new_browser(), new_browser()
    mine.begin_at("mmis")
    mine.give_password(demo.person())
    mine.sees_heading("Verify that it is you")
    theirs.open(mine.page.url)
    theirs.sees_heading(re.compile("no longer open|Sign in with your MES User ID"))
    if theirs.page.get_by_role("link", name="Start again").count():
        theirs.follow("Start again")
    theirs.sign_in(demo.person())
    theirs.sees_heading("MES menu")


def test_pressing_twice_sends_once(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    browser.give_password(person)
    browser.sees_heading("Verify that it is you")
    browser.page.get_by_role("button", name="Continue", exact=True).dblclick()
    browser.sees_heading("Enter the code we e-mailed you")
    browser.give_code(demo.code(person.user_id))
    browser.is_at(demo.mmis)
    assert len(demo.inbox(person.user_id)) == 1


def test_start_over_with_another_user_id(browser: AtBrowser, demo: Demo) -> None:
    browser.begin_at("mmis")
    browser.give_password(demo.person())
    browser.page.get_by_role("button", name="Start over with another User ID").click()
    browser.sees_heading("Sign in with your MES User ID")
    person = demo.person()
    browser.sign_in(person)
    browser.is_at(demo.mmis)
    browser.sees(person.user_id)


def test_an_unknown_page_says_so_with_a_way_on(browser: AtBrowser, demo: Demo) -> None:
    answer = browser.page.goto(f"{demo.provider}/no-such-page")
    assert answer is not None
    assert answer.status == 404
    browser.look()
    assert browser.main().get_by_role("link").count() >= 1


@pytest.mark.parametrize("path", ["/menu", "/sign-in"])
def test_a_browser_without_cookies_is_told_so_instead_of_being_sent_in_circles(demo: Demo, path: str) -> None:
    client = WebClient()
    client.requests.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    page = client.get(demo.provider + path)
    assert "does not keep cookies" in page.words()
    client.requests.cookies.set_policy(DefaultCookiePolicy())
    page = client.get(f"{demo.provider}/menu")
    page.form("user_id", "password")
