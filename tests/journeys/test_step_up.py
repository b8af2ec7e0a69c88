"""Filing an appeal asks for `urn:mes:acr:mfa`: the person sets up an app when there is none, and uses it from then on."""

from tests.journeys.at_browser import AtBrowser
from tests.journeys.authenticator_app import AuthenticatorApp
from tests.servers.demo import Demo

STEP = 30


def _file(browser: AtBrowser) -> None:
    browser.sees_heading("File an appeal")
    browser.main().get_by_role("radio").first.check()
    browser.page.get_by_label("Number on the letter").fill("MA 2026-00417")
    browser.page.get_by_label("Date of the letter").fill("2026-10-01")
    browser.page.get_by_label("Why should the decision change?").fill("The service was authorized by telephone before.")
    browser.press("File this appeal")
    browser.sees("MA 2026-00417")


def test_an_appeal_is_filed_after_setting_up_an_app_and_with_it_later(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("appeals")
    browser.sign_in(person)
    browser.follow("File an appeal")
    browser.press("Set up an authenticator app")
    app = AuthenticatorApp.of_page(browser.page, demo)
    browser.page.get_by_label("Enter the code that the app shows now").fill(app.code())
    browser.press("Confirm")
    _file(browser)

    browser.sign_out_in_header()
    browser.sees("signed out")
    demo.advance(2 * STEP + 1)
    browser.begin_at("appeals")
    browser.sign_in(person, 2)
    browser.follow("File an appeal")
    browser.sees_heading("Enter the code from your app")
    browser.give_code(app.code())
    browser.sees_heading("File an appeal")


def test_who_does_not_want_to_goes_back_to_the_module(browser: AtBrowser, demo: Demo) -> None:
    browser.begin_at("appeals")
    browser.sign_in(demo.person())
    browser.follow("File an appeal")
    browser.sees_heading("This needs an authenticator app")
    browser.main().get_by_role("button", name="Back to").click()
    browser.is_at(f"{demo.appeals}/sign-in/callback")
    browser.follow("Back to my appeals")
    browser.sees_heading("My appeals")
