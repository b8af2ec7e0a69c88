"""Sign-in works without JavaScript, by keyboard alone, and under the content security policy to the last redirect."""

from collections.abc import Callable

from tests.journeys.at_browser import AtBrowser
from tests.servers.demo import Demo


def test_sign_in_and_out_without_scripts(new_browser: Callable[..., AtBrowser], demo: Demo) -> None:
    browser = new_browser(java_script_enabled=False)
    person = demo.person()
    browser.begin_at("mmis")
    browser.sign_in(person)
    browser.is_at(demo.mmis)
    browser.sees(f"Good to see you, {person.name}")
    browser.sign_out_in_header()
    browser.is_at(f"{demo.mmis}/signed-out")


def test_sign_in_by_keyboard_alone(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.open(demo.mmis)
    keys = browser.page.keyboard
    _tab_to(browser, "a.button")
    keys.press("Enter")
    browser.sees_heading("Sign in with your MES User ID")
    _tab_to(browser, "#user_id")
    keys.type(person.user_id)
    _tab_to(browser, "#password")
    keys.type(person.password)
    keys.press("Enter")
    browser.sees_heading("Verify that it is you")
    _tab_to(browser, "input[type=radio]:checked")
    keys.press("Enter")
    browser.sees_heading("Enter the code we e-mailed you")
    _tab_to(browser, "#code")
    keys.type(demo.code(person.user_id))
    keys.press("Enter")
    browser.is_at(demo.mmis)
    browser.sees("Good to see you")


def test_the_first_tab_skips_to_the_content(browser: AtBrowser, demo: Demo) -> None:
    browser.begin_at("mmis")
    browser.sees_heading("Sign in with your MES User ID")
    browser.page.keyboard.press("Tab")
    browser.has_focus_on(".usa-skipnav")
    browser.page.keyboard.press("Enter")
    browser.has_focus_on("#main")


def test_an_error_gets_the_focus_and_names_itself(browser: AtBrowser, demo: Demo) -> None:
    browser.begin_at("mmis")
    browser.give_password(demo.person(), "Wrong.Password.123")
    browser.sees("not right")
    assert browser.page.title().startswith("Error")
    browser.has_focus_on("[data-focus]")


def test_every_field_tells_the_browser_what_it_is(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    assert browser.page.locator("#user_id").get_attribute("autocomplete") == "username"
    assert browser.page.locator("#password").get_attribute("autocomplete") == "current-password"
    browser.give_password(person)
    browser.choose()
    assert browser.page.locator("#code").get_attribute("autocomplete") == "one-time-code"


def _tab_to(browser: AtBrowser, selector: str) -> None:
    browser.wait()
    for _ in range(30):
        if browser.page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        browser.page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by the keyboard on {browser.page.url}")
