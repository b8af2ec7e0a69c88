"""Fact S2 with a real upstream OpenID provider: DMAS employees sign in with DMAS, and no password of theirs is typed here."""

from collections.abc import Iterator

import pytest

from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo, three_ports
from tests.servers.employees_provider import EmployeesProvider, email_of


@pytest.fixture(scope="module")
def ports() -> int:
    return three_ports()


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory, ports: int) -> Iterator[EmployeesProvider]:
    """The agency's own provider."""
    running = EmployeesProvider(tmp_path_factory.mktemp("agency"), f"http://localhost:{ports}")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, ports: int, agency: EmployeesProvider) -> Iterator[Demo]:
    """A demo whose employees sign in at the agency."""
    running = Demo(tmp_path_factory.mktemp("upstream") / "data", port=ports, settings=agency.settings())
    yield running
    running.stop()
    assert "Traceback" not in running.program.printed()


def employ(demo: Demo, name: str) -> str:
    """Let one of the agency's people open Appeals; return the address."""
    names = ("--given-name", name.capitalize(), "--family-name", "Whitfield")
    demo.idp("users", "create", email_of(name), *names, "--affiliation", "dmas", "--module", "appeals")
    return email_of(name)


def sign_in_at_agency(browser: AtBrowser, agency: EmployeesProvider, button: str = "Sign in at the agency") -> None:
    """Press a button on the agency's page."""
    browser.page.wait_for_url(f"{agency.issuer}/**")
    browser.page.get_by_role("button", name=button).click()


@in_both_languages
def test_s2_an_employee_types_the_address_alone_and_signs_in_at_the_agency(
    browser: AtBrowser, demo: Demo, agency: EmployeesProvider, language: str
) -> None:
    user_id = employ(demo, {"en": "dana", "es": "sam"}[language])
    browser.begin_at("appeals")
    browser.sees_heading("Sign in with your MES User ID")
    browser.look()
    browser.fill("User ID", user_id)
    browser.press("Sign in")
    sign_in_at_agency(browser, agency)
    browser.page.wait_for_url(f"{demo.appeals}/**")
    browser.page.get_by_text("Whitfield").first.wait_for()
    # One sign-in for everything: the menu opens with no question.
    browser.open(f"{demo.provider}/menu")
    browser.sees("Appeals")
    browser.look()
    browser.sign_out_in_header()
    browser.sees(
        "DMAS employees: your sign-in with DMAS may still be open. Whoever uses this browser next could sign in as you, "
        "so close the browser or sign out of DMAS too."
    )
    browser.look()


@in_both_languages
def test_s2_an_employee_chooses_the_button_turns_back_and_tries_again(
    browser: AtBrowser, demo: Demo, agency: EmployeesProvider, language: str
) -> None:
    browser.open(f"{demo.provider}/menu")
    browser.follow("Sign in with DMAS")
    sign_in_at_agency(browser, agency, "Cancel")
    browser.sees("You did not sign in with DMAS")
    browser.look()
    browser.follow("Sign in with DMAS")
    browser.page.wait_for_url(f"{agency.issuer}/**")
    browser.page.get_by_label("Name").fill(email_of({"en": "robin", "es": "kim"}[language]))
    sign_in_at_agency(browser, agency)
    browser.is_at(f"{demo.provider}/menu")


def test_s2_the_page_between_has_a_link_for_browsers_that_do_not_go_on(
    browser: AtBrowser, demo: Demo, agency: EmployeesProvider
) -> None:
    browser.page.route(f"{agency.issuer}/**", lambda route: route.fulfill(status=204))
    browser.open(f"{demo.provider}/menu")
    browser.follow("Sign in with DMAS")
    browser.sees_heading("Sign in with DMAS")
    browser.look()
    browser.page.unroute(f"{agency.issuer}/**")
    browser.follow("Go on to the DMAS sign-in")
    browser.page.wait_for_url(f"{agency.issuer}/**")


def test_s2_what_the_agency_proves_counts_and_is_asked_for(
    browser: AtBrowser, demo: Demo, agency: EmployeesProvider
) -> None:
    user_id = employ(demo, "lee")
    browser.open(f"{demo.provider}/menu")
    browser.fill("User ID", user_id)
    browser.press("Sign in")
    sign_in_at_agency(browser, agency)
    browser.is_at(f"{demo.provider}/menu")
    succeeded = demo.audit("--event", "account:sign_in:succeeded")[0]
    assert (succeeded["details"]["acr"], succeeded["details"]["amr"]) == ("urn:mes:acr:password", ["pwd"])
