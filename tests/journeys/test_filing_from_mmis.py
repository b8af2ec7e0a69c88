"""An appeal filed from within MMIS: Appeals' API asks for an app, MMIS sends the person for it, and files (RFC 9470)."""

from collections.abc import Callable

import pytest

from tests.journeys.at_browser import AtBrowser
from tests.journeys.authenticator_app import AuthenticatorApp
from tests.servers.demo import Demo


def _fill(browser: AtBrowser) -> None:
    browser.main().get_by_role("radio").first.check()
    browser.page.get_by_label("Number on the letter").fill("MA 2026-00533")
    browser.page.get_by_label("Date of the letter").fill("2026-10-01")
    browser.page.get_by_label("Why should the decision change?").fill("The service was authorized by telephone before.")


def test_filing_from_mmis_asks_for_an_app_and_files_on_return(browser: AtBrowser, demo: Demo) -> None:
    person = demo.person()
    browser.begin_at("mmis")
    browser.sign_in(person)
    browser.follow("File from MMIS")
    browser.sees_heading("Appeals, without leaving MMIS")
    browser.sees("Nothing yet.")
    _fill(browser)
    browser.press("File from MMIS")
    browser.press("Set up an authenticator app")
    app = AuthenticatorApp.of_page(browser.page, demo)
    browser.page.get_by_label("Enter the code that the app shows now").fill(app.code())
    browser.press("Confirm")
    browser.is_at(f"{demo.mmis}/appeals")
    browser.sees("Appeals has your appeal.")
    browser.sees("MA 2026-00533")
    browser.open(f"{demo.appeals}/appeals")
    browser.sees("MA 2026-00533")


def test_who_turns_back_is_told_why_and_files_nothing(browser: AtBrowser, demo: Demo) -> None:
    browser.begin_at("mmis")
    browser.sign_in(demo.person())
    browser.follow("File from MMIS")
    _fill(browser)
    browser.press("File from MMIS")
    browser.main().get_by_role("button", name="Back to").click()
    browser.sees_heading("A stronger sign-in is needed here")
    browser.open(f"{demo.mmis}/appeals")
    browser.sees("Nothing yet.")


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_reads_well(new_browser: Callable[..., AtBrowser], demo: Demo, width: int) -> None:
    browser = new_browser(viewport={"width": width, "height": 800})
    browser.begin_at("mmis")
    browser.sign_in(demo.person())
    browser.follow("File from MMIS")
    browser.sees("Nothing yet.")
    browser.look()
    browser.press("File from MMIS")
    browser.sees("Enter the number on the letter.")
    browser.look()
