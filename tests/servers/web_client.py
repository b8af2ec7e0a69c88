"""A browser without JavaScript, for tests that need many or speak to certain processes: cookies, redirects, forms."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib  # type: ignore[import-untyped]
import requests


@dataclass(frozen=True)
class Form:
    """One form of a page: where it goes and what it sends untouched."""

    method: str
    action: str
    fields: dict[str, str]
    buttons: tuple[tuple[str, str], ...]
    """Name and value of its named buttons."""


class Page:
    """One answer."""

    def __init__(self, answer: requests.Response) -> None:
        self.url = answer.url
        self.status = answer.status_code
        self.headers = answer.headers
        self.text = answer.text

    @property
    def path(self) -> str:
        """Path of its address."""
        return urlsplit(self.url).path

    @property
    def query(self) -> dict[str, str]:
        """Query of its address."""
        return dict(parse_qsl(urlsplit(self.url).query))

    def location(self) -> str:
        """Where it redirects to, absolute; "" when it does not."""
        target = self.headers.get("Location", "")
        return urljoin(self.url, target) if target else ""

    def form(self, *fields: str) -> Form:
        """Return the first form that has all these fields."""
        tree = html5lib.parse(self.text, namespaceHTMLElements=False)
        for form in tree.iter("form"):
            found = _form(form, self.url)
            if set(fields) <= {*found.fields, *(name for name, _ in found.buttons)}:
                return found
        raise AssertionError(f"no form with {fields} on {self.url} ({self.status}): {self.words()}")

    def words(self) -> str:
        """Return what a person reads, on one line."""
        tree = html5lib.parse(self.text, namespaceHTMLElements=False)
        main = next(iter(tree.iter("main")), tree)
        return " ".join("".join(main.itertext()).split())


class WebClient:
    """One person's browser. Connections are closed after each answer, so that a load balancer chooses anew."""

    def __init__(self) -> None:
        self.requests = requests.Session()
        self.requests.headers["Connection"] = "close"
        self.requests.headers["Accept"] = "text/html"

    def get(self, url: str) -> Page:
        """Open an address and follow redirects."""
        return self._follow(self.send("GET", url))

    def submit(self, page: Page, button: tuple[str, str] | None = None, /, **values: str) -> Page:
        """Fill the form that has these fields, send it, and follow redirects."""
        return self._follow(self.submit_only(page, button, **values))

    def submit_only(self, page: Page, button: tuple[str, str] | None = None, /, **values: str) -> Page:
        """Fill the form that has these fields and send it; return the answer itself."""
        form = page.form(*values, *([button[0]] if button else []))
        data = form.fields | values | (dict([button]) if button else {})
        if button is None and form.buttons:
            data |= dict(form.buttons[:1])
        return self.send(form.method, form.action, data)

    def send(self, method: str, url: str, data: dict[str, str] | None = None) -> Page:
        """Send one request and return its answer, a redirect not followed."""
        options = {"data": data} if method == "POST" else {"params": data}
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"} if method == "POST" else {}
        return Page(
            self.requests.request(method, url, headers=headers, allow_redirects=False, timeout=60, **options)  # type: ignore[arg-type]
        )

    def _follow(self, page: Page) -> Page:
        for _ in range(20):
            target = page.location()
            if page.status not in (301, 302, 303) or not target:
                return page
            page = self.send("GET", target)
        raise AssertionError(f"redirects without end at {page.url}")


def _form(element: Element, url: str) -> Form:
    fields, buttons = {}, []
    for part in element.iter():
        name, kind = part.get("name"), part.get("type", "")
        if not name:
            continue
        if part.tag == "button":
            buttons.append((name, part.get("value", "")))
        elif part.tag == "input" and (kind not in ("radio", "checkbox") or part.get("checked") is not None):
            fields[name] = part.get("value", "")
        elif part.tag == "textarea":
            fields[name] = part.text or ""
    action = urljoin(url, element.get("action") or url)
    return Form((element.get("method") or "get").upper(), action, fields, tuple(buttons))
