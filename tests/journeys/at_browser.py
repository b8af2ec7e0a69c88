"""A person at a real browser: what they do, in their words, and what a page must never do to them."""

import re
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.servers.demo import Demo
from tests.servers.people import Person

# A page that answers 4xx is a page like any other; the browser notes it as an error all the same.
_ANSWERED_4XX = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


class AtBrowser:
    """One browser window with cookies of its own."""

    def __init__(self, context: BrowserContext, demo: Demo) -> None:
        self.context = context
        self.demo = demo
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        """What the browser complained about: scripts, policies, files that were not there."""
        context.on("console", self._note)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))

    # What a person does

    def open(self, url: str) -> None:
        """Type an address."""
        self.page.goto(url)

    def begin_at(self, module: str) -> None:
        """Open a module's door and go to sign-in from there."""
        self.open(getattr(self.demo, module))
        self.page.get_by_role("link", name="Sign in with MES").first.click()

    def give_password(self, person: Person, password: str = "") -> None:
        """Type User ID and password and send them."""
        self.page.get_by_label("User ID", exact=True).fill(person.user_id)
        self.page.get_by_label("Password", exact=True).fill(password or person.password)
        self.press("Sign in")

    def choose(self, method: str = "E-mail") -> None:
        """Choose how to get the code."""
        self.page.get_by_role("radio", name=re.compile(f"^{method}")).check()
        self.press("Continue")

    def give_code(self, code: str) -> None:
        """Type the code and send it."""
        self.page.get_by_label("One-time passcode").fill(code)
        self.press("Submit")

    def press(self, name: str) -> None:
        """Press the button in the page's main part."""
        self.page.locator("main").get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """Follow the link in the page's main part."""
        self.page.locator("main").get_by_role("link", name=name).first.click()

    def sign_out_in_header(self) -> None:
        """Press Sign out at the top of the page."""
        self.page.locator("header").get_by_role("button", name="Sign out").click()

    def sign_in(self, person: Person, count: int = 1) -> None:
        """Go through password and e-mailed code, the `count`-th message of this person."""
        self.give_password(person)
        self.choose()
        self.give_code(self.demo.code(person.user_id, count))

    # What a person sees

    @property
    def path(self) -> str:
        """Path of the page."""
        return urlsplit(self.page.url).path

    def sees(self, text: str | re.Pattern[str]) -> None:
        """The page's main part shows the text."""
        expect(self.page.locator("main")).to_contain_text(text)

    def sees_heading(self, text: str | re.Pattern[str]) -> None:
        """The page is headed so."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def is_at(self, url: str) -> None:
        """The browser is at this address, whatever its query."""
        expect(self.page).to_have_url(re.compile(f"^{re.escape(url)}/?([?#].*)?$"))

    def main(self) -> Locator:
        """The page's main part."""
        return self.page.locator("main")

    # What every page must be

    def look(self) -> None:
        """Look at the page as somebody with a screen reader or a small screen would. Raises AssertionError."""
        self.page.wait_for_load_state()
        expect(self.page.get_by_role("heading", level=1).first).to_be_visible()
        found = Axe().run(self.page)
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        wide: dict[str, Any] = self.page.evaluate(
            "() => ({page: document.documentElement.scrollWidth, window: window.innerWidth})"
        )
        assert wide["page"] <= wide["window"], f"{self.page.url} scrolls sideways: {wide}"

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _ANSWERED_4XX.match(message.text):
            self.faults.append(f"{message.type} at {self.page.url}: {message.text}")
