"""Whoever sits at the suite's browser: signs in on the provider's own pages whenever they ask, and agrees to what is asked."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from sqlalchemy import select
from werkzeug.test import Client as Browser
from werkzeug.test import TestResponse

from idp.house import House
from idp.notify.model import outbox
from tests.servers.clock import HandClock
from tests.servers.people import Person

MOST_PAGES = 12


@dataclass
class PersonAtBrowser:
    """One browser and the person before it."""

    house: House
    browser: Browser
    person: Person
    clock: HandClock
    seconds_a_page: int = 0
    """How long the person takes for each page."""
    pages: list[str] = field(default_factory=list)
    """Paths of the pages that were shown since the last request to sign in."""

    def go_on(self, answer: TestResponse) -> TestResponse:
        """Do what each page asks until the answer leads away from the provider, or is one that asks nothing of us."""
        self.pages = []
        for _ in range(MOST_PAGES):
            if answer.status_code == 303 and not urlsplit(answer.headers["Location"]).netloc:
                answer = self.browser.get(answer.headers["Location"])
                continue
            path = urlsplit(answer.request.path).path
            if answer.status_code != 200 or path not in ("/sign-in", *_ASKED):
                return answer
            self.pages.append(path)
            answer = self._answer_page(answer, path)
        raise AssertionError(f"no end: {self.pages}")

    @property
    def signed_in_again(self) -> bool:
        """Whether User ID and password were asked since the last request."""
        return "/sign-in" in self.pages

    def _answer_page(self, answer: TestResponse, path: str) -> TestResponse:
        self.clock.advance(self.seconds_a_page)
        values = {"user_id": self.person.user_id, "password": self.person.password}
        if path in _ASKED:
            values = {
                "code": {"code": self._code(), "do": "check"},
                "method": {"method": "email"},
                "do": {"do": "allow"},
            }[_ASKED[path]]
        for form in html5lib.parse(answer.text, namespaceHTMLElements=False).iter("form"):
            if set(values) & {part.get("name") for part in form.iter()}:
                return self.browser.post(form.get("action") or "", data=_untouched(form) | values)
        raise AssertionError(f"no form on {path}")

    def _code(self) -> str:
        query = select(outbox).where(outbox.c.sealed_payload.is_not(None)).order_by(outbox.c.id.desc())
        with self.house.database.reading() as connection:
            rows = connection.execute(query).all()
        messages = (self.house.outbox.open(row.message_id, row.sealed_payload) for row in rows)
        return next((str(found["fields"]["code"]) for found in messages if found["name"] == "passcode"), "")


_ASKED = {"/sign-in/verify": "method", "/sign-in/code": "code", "/sign-in/consent": "do"}
"""The field that each page after the password asks for."""


def _untouched(form: Element) -> dict[str, str]:
    return {
        name: part.get("value") or ""
        for part in form.iter("input")
        if (name := part.get("name")) and part.get("type") not in ("radio", "checkbox")
    }
