"""OIDC Core 4 with the demo's modules: the menu has MMIS begin the sign-in; and what the modules say to a sign-out is shown."""

import time

from tests.journeys.at_browser import AtBrowser
from tests.journeys.rp_page import query_of
from tests.servers.demo import Demo


def test_4_the_menu_has_a_module_begin_and_the_person_is_in(browser: AtBrowser, demo: Demo) -> None:
    person, seen = demo.person(), list[str]()
    browser.context.on("request", lambda request: seen.append(request.url))
    browser.open(f"{demo.provider}/menu")
    browser.sign_in(person)
    browser.sees_heading("MES menu")
    browser.follow("MMIS")
    browser.is_at(demo.mmis)
    browser.sees(f"Good to see you, {person.name}")
    [begun] = [address for address in seen if address.startswith(f"{demo.mmis}/sign-in/initiate")]
    assert query_of(begun) == {"iss": demo.provider}


def test_the_page_after_a_sign_out_says_what_each_module_answered(browser: AtBrowser, demo: Demo) -> None:
    browser.open(f"{demo.provider}/menu")
    browser.sign_in(demo.person())
    for module in ("MMIS", "Appeals"):
        browser.follow(module)
        browser.page.wait_for_load_state()
        browser.open(f"{demo.provider}/menu")
    browser.sign_out_in_header()
    browser.sees_heading("You are signed out")
    browser.look()
    deadline = time.monotonic() + 60
    while not all(f"{module}: signed out." in browser.main().inner_text() for module in ("MMIS", "Appeals")):
        assert time.monotonic() < deadline, browser.main().inner_text()
        browser.page.reload()
    browser.look()
