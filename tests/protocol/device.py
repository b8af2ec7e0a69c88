"""A device without a browser, and a person who answers it in one (RFC 8628)."""

from dataclasses import dataclass
from typing import Any

from werkzeug.test import Client as Browser
from werkzeug.test import TestResponse

from tests.protocol.provider import Provider, RelyingParty, form_of

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass(frozen=True, repr=False)
class Device:
    """A client on something with a screen of one line."""

    provider: Provider
    rp: RelyingParty

    def ask(self, **changes: str | None) -> TestResponse:
        """Ask for codes; a change of None leaves the parameter out."""
        form: dict[str, str | None] = {"scope": "openid", **changes}
        return self._post("/device_authorization", form)

    def codes(self, **changes: str | None) -> dict[str, Any]:
        """Return the answer to a request that must succeed."""
        answer = self.ask(**changes)
        assert answer.status_code == 200, answer.text
        return dict(answer.json or {})

    def poll(self, device_code: str | None, **more: str) -> TestResponse:
        """Ask whether somebody has decided."""
        return self._post("/token", {"grant_type": GRANT_TYPE, "device_code": device_code, **more})

    def error(self, device_code: str | None, **more: str) -> str:
        """Return the error of a poll that must get no tokens, and hold that it has nothing else in it."""
        answer = self.poll(device_code, **more)
        body = dict(answer.json or {})
        assert answer.status_code == 400, answer.text
        assert body.keys() == {"error", "error_description"}
        assert answer.headers["Cache-Control"] == "no-store"
        return str(body["error"])

    def _post(self, path: str, form: dict[str, str | None]) -> TestResponse:
        if self.rp.client_secret is None:
            form.setdefault("client_id", self.rp.client_id)
        sent = {name: value for name, value in form.items() if value is not None}
        headers = self.rp.basic if self.rp.client_secret is not None else {}
        return self.provider.browser().post(path, data=sent, headers=headers)


def device_of(provider: Provider, **metadata: Any) -> Device:
    """Register a client on a device; first-party unless said otherwise."""
    given = {"grant_types": [GRANT_TYPE, "refresh_token"], "redirect_uris": [], "client_name": "Scanner", **metadata}
    return Device(provider, provider.register(**given))


def enter(browser: Browser, user_code: str) -> TestResponse:
    """Enter a code on the page and go where it leads."""
    action, fields = form_of(browser.get("/device"))
    return browser.post(action, data={**fields, "user_code": user_code}, follow_redirects=True)


def answer(browser: Browser, user_code: str, do: str) -> TestResponse:
    """Enter a code and press a button of the question behind it; who is signed in must be able to."""
    page = enter(browser, user_code)
    assert page.request.path == "/device/confirm", page.text
    action, fields = form_of(page)
    return browser.post(action, data={**fields, "do": do}, follow_redirects=True)
