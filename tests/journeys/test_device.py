"""Something without a browser of its own signs somebody in (RFC 8628): the person does their half in a browser."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.journeys.at_browser import AtBrowser, in_both_languages
from tests.servers.demo import Demo
from tests.servers.relying_party import register

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"


class Scanner:
    """A scanner in the office of MMIS: it shows what it is told, and asks until somebody has decided."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self._auth = register(
            demo.house,
            client_name="MMIS Scanner",
            module="mmis",
            first_party=True,
            grant_types=[GRANT_TYPE],
            scope="openid profile mes",
        )
        self.shows: dict[str, Any] = self._post("/device_authorization", scope="openid profile mes").json()

    def ask(self) -> dict[str, Any]:
        """Return what it is told."""
        told: dict[str, Any] = self._post("/token", grant_type=GRANT_TYPE, device_code=self.shows["device_code"]).json()
        return told

    def _post(self, path: str, **form: str) -> requests.Response:
        return requests.post(self.demo.provider + path, data=form, auth=self._auth, timeout=60)


@pytest.fixture
def scanner(demo: Demo) -> Scanner:
    """A scanner that shows a code."""
    return Scanner(demo)


@in_both_languages
def test_a_person_connects_a_device(browser: AtBrowser, demo: Demo, scanner: Scanner) -> None:
    browser.open(scanner.shows["verification_uri"])
    browser.look()
    browser.fill("User code", scanner.shows["user_code"].lower().replace("-", " "))
    browser.press("Continue")
    browser.sign_in(demo.person())
    browser.sees_heading(browser.say("Connect %(client)s?", client="MMIS Scanner"))
    browser.sees(scanner.shows["user_code"])
    browser.sees("your name")
    browser.look()
    assert scanner.ask()["error"] == "authorization_pending"
    browser.press("Connect")
    browser.sees_heading("Your device is connected")
    browser.look()
    assert "id_token" in scanner.ask()


@in_both_languages
def test_a_person_refuses_one(browser: AtBrowser, demo: Demo, scanner: Scanner) -> None:
    browser.open(scanner.shows["verification_uri_complete"])
    browser.sees_value("User code", scanner.shows["user_code"])
    browser.press("Continue")
    browser.sign_in(demo.person())
    browser.press("Do not connect")
    browser.sees_heading("The device was not connected")
    browser.look()
    assert scanner.ask()["error"] == "access_denied"


@in_both_languages
def test_a_code_that_does_not_work_is_no_dead_end(browser: AtBrowser, demo: Demo, scanner: Scanner) -> None:
    browser.open(f"{demo.provider}/device")
    browser.press("Continue")
    browser.sees("Enter the code")
    browser.look()
    browser.fill("User code", "BBBB-BBBB")
    browser.press("Continue")
    browser.sees("That code does not work")
    browser.look()
    browser.follow("How do I connect a device with a code?")
    browser.sees_heading("How do I connect a device with a code?")
    browser.follow("the page for user codes")
    browser.fill("User code", scanner.shows["user_code"])
    browser.press("Continue")
    browser.is_at(f"{demo.provider}/sign-in")


def test_on_a_small_screen_and_without_scripts(
    new_browser: Callable[..., AtBrowser], demo: Demo, scanner: Scanner
) -> None:
    phone = new_browser(
        viewport={"width": 320, "height": 640}, is_mobile=True, has_touch=True, java_script_enabled=False
    )
    phone.open(scanner.shows["verification_uri_complete"])
    phone.press("Continue")
    phone.sign_in(demo.person())
    phone.press("Connect")
    phone.sees_heading("Your device is connected")
    assert "id_token" in scanner.ask()


def test_at_320_pixels_nothing_is_cut_off(new_browser: Callable[..., AtBrowser], demo: Demo, scanner: Scanner) -> None:
    phone = new_browser(viewport={"width": 320, "height": 640}, is_mobile=True, has_touch=True, language="es")
    phone.open(scanner.shows["verification_uri_complete"])
    phone.look()
    phone.press("Continue")
    phone.sign_in(demo.person())
    phone.look()
    phone.press("Do not connect")
    phone.look()
