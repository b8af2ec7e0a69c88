"""A provider for protocol tests: real rooms, real stores, no browser; people are signed in by opening their session."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask
from werkzeug.test import Client as Browser
from werkzeug.test import TestResponse

from idp.accounts.model import Account
from idp.audit.trail import OPERATOR, Visitor
from idp.house import House
from idp.registry.register_client import Registered
from idp.signin import acr
from tests.servers.clock import HandClock

REDIRECT_URI = "https://rp.example/cb"
POST_LOGOUT_URI = "https://rp.example/out"
VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123456789"


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge (RFC 7636 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True, repr=False)
class RelyingParty:
    """A registered client and how it talks."""

    client_id: str
    client_secret: str | None

    def request(self, **changes: str | None) -> dict[str, str]:
        """Return a proper authorization request; a change of None leaves the parameter out."""
        parameters: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": REDIRECT_URI,
            "scope": "openid",
            "state": "st-1",
            "nonce": "no-1",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in parameters.items() if value is not None}

    @property
    def basic(self) -> dict[str, str]:
        """The header of client_secret_basic."""
        return basic(self.client_id, self.client_secret or "")


def basic(client_id: str, client_secret: str) -> dict[str, str]:
    """Return an Authorization header."""
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()}


def bearer(token: str) -> dict[str, str]:
    """Return an Authorization header."""
    return {"Authorization": f"Bearer {token}"}


@dataclass(repr=False)
class Provider:
    """The provider under test."""

    house: House
    app: Flask
    clock: HandClock
    people: list[Account] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        """The issuer."""
        return self.house.settings.issuer

    def browser(self) -> Browser:
        """Return a browser without cookies."""
        return self.app.test_client()

    def register(self, **metadata: Any) -> RelyingParty:
        """Register a client; first-party unless said otherwise."""
        given = {
            "client_name": "Test module",
            "redirect_uris": [REDIRECT_URI],
            "post_logout_redirect_uris": [POST_LOGOUT_URI],
            "scope": "openid profile email phone mes",
            "first_party": True,
            **metadata,
        }
        if "client_credentials" in given.get("grant_types", ()) and "authorization_code" not in given["grant_types"]:
            given.pop("redirect_uris")
        registered: Registered = self.house.registry.register(given, OPERATOR)
        return RelyingParty(registered.client_id, registered.client_secret)

    def person(self, *modules: str, roles: tuple[str, ...] = (), phone: str | None = "+18045550100") -> Account:
        """Add a person who may open these modules."""
        with self.house.database.transaction() as connection:
            account = self.house.people.accounts.add(
                connection,
                user_id=f"robin.{secrets.token_hex(4)}@clinic.example",
                given_name="Robin",
                family_name="Shaw",
                affiliation="provider",
                registered_by="dmas",
                phone=phone,
            )
            for module in modules:
                self.house.modules.catalogue.grant(connection, account.id, module, roles)
        return account

    def sign_in(self, account: Account, browser: Browser | None = None, level: str = acr.PASSCODE) -> Browser:
        """Return a browser with an open session of this person."""
        browser = browser or self.browser()
        with self.house.database.transaction() as connection:
            _, cookie = self.house.signin.sessions.open(
                connection, account, acr=level, amr=("pwd", "otp"), visitor=Visitor()
            )
        browser.set_cookie(self.house.signin.cookies.session, cookie)
        return browser

    def authorize(self, browser: Browser, parameters: Mapping[str, str], method: str = "GET") -> TestResponse:
        """Send an authorization request."""
        if method == "POST":
            return browser.post("/authorize", data=dict(parameters))
        return browser.get("/authorize?" + urlencode(parameters))

    def code(self, browser: Browser, rp: RelyingParty, **changes: str | None) -> str:
        """Return the code of a request that must succeed."""
        answer = self.authorize(browser, rp.request(**changes))
        assert answer.status_code == 303, answer.text
        return answer_of(answer)["code"]

    def token(
        self, form: Mapping[str, str], headers: Mapping[str, str] | None = None, browser: Browser | None = None
    ) -> TestResponse:
        """Post to the token endpoint."""
        return (browser or self.browser()).post("/token", data=dict(form), headers=dict(headers or {}))

    def redeem(self, rp: RelyingParty, code: str | None, **changes: str | None) -> TestResponse:
        """Redeem a code as its client would."""
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
            **changes,
        }
        if rp.client_secret is None:
            form.setdefault("client_id", rp.client_id)
        headers = rp.basic if rp.client_secret is not None else {}
        return self.token({name: value for name, value in form.items() if value is not None}, headers)

    def refresh(self, rp: RelyingParty, token: str, **more: str) -> TestResponse:
        """Use a refresh token as its client would."""
        form = {"grant_type": "refresh_token", "refresh_token": token, **more}
        if rp.client_secret is None:
            form["client_id"] = rp.client_id
        return self.token(form, rp.basic if rp.client_secret is not None else {})

    def tokens(self, rp: RelyingParty, account: Account, **changes: str | None) -> dict[str, Any]:
        """Return the token response of a whole flow."""
        answer = self.redeem(rp, self.code(self.sign_in(account), rp, **changes))
        assert answer.status_code == 200, answer.text
        return dict(answer.json or {})

    def userinfo(self, access_token: str) -> TestResponse:
        """Ask userinfo."""
        return self.browser().get("/userinfo", headers=bearer(access_token))

    def events(self, name: str) -> list[Any]:
        """Return the trail's entries of this name, newest first."""
        return [entry for entry in self.house.trail.newest(most=1_000) if entry.event == name]


def answer_of(response: TestResponse) -> dict[str, str]:
    """Return the parameters of a redirect to the client, and hold that none is repeated."""
    parts = urlsplit(response.headers["Location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == REDIRECT_URI, response.headers["Location"]
    assert not parts.fragment
    pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def steady(answer: Mapping[str, str]) -> dict[str, str]:
    """Return an authorization response without its `session_state`, which is there and never the same."""
    assert answer["session_state"]
    return {name: value for name, value in answer.items() if name != "session_state"}


def claims_of(token: str) -> dict[str, Any]:
    """Return the claims of a JWT without a look at its signature."""
    return _part(token, 1)


def header_of(token: str) -> dict[str, Any]:
    """Return the header of a JWT."""
    return _part(token, 0)


def _part(token: str, index: int) -> dict[str, Any]:
    encoded = token.split(".")[index]
    return dict(json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))))


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self._is_switch = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_switch = attributes["action"] == "/language"
            self.action = self.action if self._is_switch else attributes["action"]
        elif tag == "input" and not self._is_switch:
            assert attributes["name"] not in self.fields
            self.fields[attributes["name"]] = attributes["value"]


def form_of(response: TestResponse) -> tuple[str, dict[str, str]]:
    """Return action and fields of the page's form (the language switch is not meant), as a browser reads them."""
    form = _Form()
    form.feed(response.text)
    return form.action, form.fields
