"""A person at a real browser: what they do, in their words, and what a page must never do to them.

One journey runs in both languages: mark it with `@in_both_languages` and write it in English. `new_browser` (and so `browser`)
then opens a browser that asks for the language of the run, every verb here takes a whole English message of the catalogue
(`messages.po`) and looks for it in that language, and a page of the provider in any other language fails the test. For a
message with values: `browser.sees(browser.say("Back to %(client)s", client="MMIS"))`; a value that is not given may be
anything; one that counts is named by the English form that is shown. Words of modules are English and stay so.
"""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Locator, Page, Response, expect

from tests.journeys import words
from tests.journeys.words import Said
from tests.servers.demo import Demo
from tests.servers.people import Person

in_both_languages = pytest.mark.parametrize("language", ["en", "es"])
"""Runs a journey once for each language."""
LANGUAGES = {"en": "English", "es": "Español"}
"""By tag, what the switch calls each."""

# A page that answers 4xx is a page like any other; the browser notes it as an error all the same.
_ANSWERED_4XX = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
# The rest of what axe tells, ten times as much, stays in the browser.
_VIOLATIONS = "() => axe.run({resultTypes: ['violations']}).then((found) => found.violations)"


class AtBrowser:
    """One browser window with cookies of its own."""

    def __init__(self, context: BrowserContext, demo: Demo, language: str = "en") -> None:
        self.context = context
        self.demo = demo
        self.language = language
        """Tag of the language that the provider is to speak with this browser."""
        self.page: Page = context.new_page()
        self.is_zoomed = False
        """Whether `look` asks only if the page fits: what a screen reader meets does not depend on the size."""
        self.faults: list[str] = []
        """What the browser complained about: scripts, policies, files that were not there."""
        context.on("console", self._note)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("response", self._listen)

    def say(self, english: str, **values: object) -> Said:
        """Return what a page says for a whole English message, in this browser's language."""
        return words.say(english, self.language, **values)

    # What a person does

    def wait(self) -> None:
        """Wait until the page is whole and its scripts have run: a slow machine shows a page well before that."""
        self.page.wait_for_load_state("domcontentloaded")

    def open(self, url: str) -> None:
        """Type an address. Where the page was on its way elsewhere (a script sent its form), type it again from there."""
        try:
            self.page.goto(url)
        except Error as error:
            if "interrupted by another navigation" not in str(error):
                raise
            self.page.wait_for_load_state()
            self.page.goto(url)

    def begin_at(self, module: str) -> None:
        """Open a module's door and go to sign-in from there."""
        self.open(getattr(self.demo, module))
        self.page.get_by_role("link", name="Sign in with MES").first.click()

    def give_password(self, person: Person, password: str = "") -> None:
        """Type User ID and password and send them."""
        self.fill("User ID", person.user_id)
        self.fill("Password", password or person.password)
        self.press("Sign in")

    def fill(self, label: str, value: str) -> None:
        """Type into the field of this label."""
        self.wait()
        self.page.get_by_label(self.say(label), exact=True).fill(value)

    def choose(self, method: str = "E-mail") -> None:
        """Choose how to get the code."""
        self.wait()
        self.page.get_by_role("radio", name=re.compile(f"^{self.say(method)}")).check()
        self.press("Continue")

    def give_code(self, code: str) -> None:
        """Type the code and send it."""
        self.fill("One-time passcode", code)
        self.press("Submit")

    def press(self, name: Said) -> None:
        """Press the button in the page's main part."""
        self.wait()
        self.page.locator("main").get_by_role("button", name=self._said(name), exact=True).click()

    def follow(self, name: Said) -> None:
        """Follow the link in the page's main part."""
        self.wait()
        self.page.locator("main").get_by_role("link", name=self._said(name)).first.click()

    def sign_out_in_header(self) -> None:
        """Press Sign out at the top of the page, a module's or ours."""
        self.wait()
        name = re.compile(f"^(Sign out|{self.say('Sign out')})$")
        self.page.locator("header").get_by_role("button", name=name).click()

    def switch_to(self, language: str) -> None:
        """Press the switch at the top of the page."""
        self.wait()
        self.language = language
        self.page.locator("header").get_by_role("button", name=LANGUAGES[language], exact=True).click()

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

    def sees(self, text: Said) -> None:
        """The page's main part shows the text."""
        expect(self.page.locator("main")).to_contain_text(self._said(text))
        self.wait()

    def sees_heading(self, text: Said) -> None:
        """The page is headed so."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self._said(text))
        self.wait()

    def sees_value(self, label: str, value: str) -> None:
        """The field of this label holds the value."""
        expect(self.page.get_by_label(self.say(label), exact=True)).to_have_value(value)

    def is_at(self, url: str) -> None:
        """The browser is at this address, whatever its query."""
        expect(self.page).to_have_url(re.compile(f"^{re.escape(url)}/?([?#].*)?$"))
        self.wait()

    def has_focus_on(self, selector: str) -> None:
        """What the selector names has the focus, or gets it."""
        expect(self.page.locator(selector).first).to_be_focused()

    def main(self) -> Locator:
        """The page's main part."""
        return self.page.locator("main")

    # What every page must be

    def look(self) -> None:
        """Look at the page as somebody with a screen reader or a small screen would. Raises AssertionError."""
        self.page.wait_for_load_state()
        expect(self.page.get_by_role("heading", level=1).first).to_be_visible()
        if not self.is_zoomed:
            if not self.page.evaluate("'axe' in window"):
                self.page.evaluate(AXE_SCRIPT)
            found = AxeResults({"violations": self.page.evaluate(_VIOLATIONS)})
            assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        wide: dict[str, Any] = self.page.evaluate(
            "() => ({page: document.documentElement.scrollWidth, window: window.innerWidth})"
        )
        assert wide["page"] <= wide["window"], f"{self.page.url} scrolls sideways: {wide}"

    def _said(self, text: Said) -> Said:
        return self.say(text) if isinstance(text, str) else text

    def _listen(self, answer: Response) -> None:
        """Note a page of the provider in another language than the reader's."""
        spoken = answer.headers.get("content-language", "")
        if spoken and spoken != self.language and answer.url.startswith(self.demo.provider):
            self.faults.append(f"{answer.url} is in {spoken}, not in {self.language}")

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _ANSWERED_4XX.match(message.text):
            self.faults.append(f"{message.type} at {self.page.url}: {message.text}")
