"""A person at the pages of a whole provider, in this process: no script, no network, every rule real."""

from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idp.house import House
from idp.notify.delivery import Payload
from tests.servers.people import Person


class Letterbox:
    """Takes every message instead of sending it."""

    def __init__(self) -> None:
        self.messages: list[Payload] = []

    def __call__(self, payload: Payload, message_id: str) -> None:
        """See Delivery."""
        self.messages.append(payload)


@dataclass
class Desk:
    """One browser."""

    house: House
    letterbox: Letterbox
    client: FlaskClient
    answer: TestResponse | None = None

    def open(self, path: str) -> TestResponse:
        """Open an address and follow redirects."""
        self.answer = self.client.get(path, follow_redirects=True)
        return self.answer

    def send(self, action: str = "", /, *, follow: bool = True, **values: str) -> TestResponse:
        """Fill the form of the present page (the one that posts to `action`) and send it."""
        assert self.answer is not None
        for form in self.tree().iter("form"):
            target = form.get("action") or ""
            if urlsplit(target).path == action or (not action and set(values) & _names(form)):
                data = _untouched(form) | values
                self.answer = self.client.post(target, data=data, follow_redirects=follow)
                return self.answer
        raise AssertionError(f"no such form on {self.path}")

    def sign_in(self, person: Person, path: str = "/menu") -> TestResponse:
        """Go through both pages, by e-mail."""
        self.open(path)
        self.send(user_id=person.user_id, password=person.password)
        self.send(method="email")
        return self.send(code=self.code(), do="check")

    def code(self) -> str:
        """Return the newest code that was sent."""
        self.house.worker.run_once()
        return str(next(m for m in reversed(self.letterbox.messages) if m["name"] == "passcode")["fields"]["code"])

    def tree(self) -> Element:
        """Return the present page."""
        assert self.answer is not None
        tree: Element = html5lib.parse(self.answer.text, namespaceHTMLElements=False)
        return tree

    @property
    def path(self) -> str:
        """Where the browser is."""
        assert self.answer is not None
        return self.answer.request.path

    @property
    def address(self) -> str:
        """Path and query of the page."""
        assert self.answer is not None
        query = self.answer.request.query_string.decode()
        return f"{self.path}?{query}" if query else self.path

    @property
    def lang(self) -> str | None:
        """Language of the page."""
        return self.tree().get("lang")

    @property
    def heading(self) -> str:
        """The page's heading."""
        return " ".join("".join(next(self.tree().iter("h1")).itertext()).split())

    @property
    def words(self) -> str:
        """What stands in the middle of the page."""
        return " ".join("".join(next(self.tree().iter("main")).itertext()).split())


def _names(form: Element) -> set[str]:
    return {part.get("name") or "" for part in form.iter()}


def _untouched(form: Element) -> dict[str, str]:
    fields = {}
    for field in form.iter("input"):
        chosen = field.get("type") not in ("radio", "checkbox") or field.get("checked") is not None
        if chosen and (name := field.get("name")):
            fields[name] = field.get("value") or ""
    return fields
