"""Attacks by what we say back: nothing that was sent may stand in an error, whichever endpoint and parameter it came by.

A value that comes back can carry a script into a page, a line into a log, or a lie into a developer's terminal.
"""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.protocol.generated.test_generated_requests import NAMES
from tests.protocol.provider import REDIRECT_URI, VERIFIER, Provider, RelyingParty

CANARY = "kanari-<i>'\"%0a;k"
HEADERS = (
    "Authorization",
    "DPoP",
    "Origin",
    "Accept",
    "Content-Type",
    "User-Agent",
    "Referer",
    "Accept-Language",
    "Cookie",
)


@pytest.fixture(scope="module")
def client(module_provider: Provider) -> RelyingParty:
    """A client that may do everything."""
    return module_provider.register(
        grant_types=[
            *("authorization_code", "refresh_token", "client_credentials"),
            "urn:ietf:params:oauth:grant-type:device_code",
        ]
    )


def requests_of(client: RelyingParty) -> dict[str, dict[str, str]]:
    """Return a request for each endpoint that gets as far as it can."""
    return {
        "/token": {
            "grant_type": "authorization_code",
            "code": "c" * 43,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
        },
        "/par": client.request(),
        "/revoke": {"token": "t" * 43},
        "/introspect": {"token": "t" * 43},
        "/device_authorization": {"scope": "openid"},
        "/userinfo": {},
        "/authorize": client.request(prompt="none"),
        "/end-session": {},
        "/end-session/confirm": {},
    }


def said(answer: TestResponse) -> str:
    """Return all that an answer says."""
    headers = [value for name, value in answer.headers if name != "Set-Cookie"]
    return "\n".join([answer.text, *headers])


def hold(answer: TestResponse, *, may_return: bool) -> None:
    """Hold that the canary is nowhere in the answer."""
    assert answer.status_code < 500
    if may_return:
        return
    assert "kanari" not in said(answer), said(answer)[:400]


@pytest.mark.parametrize("path", ["/token", "/par", "/revoke", "/introspect", "/device_authorization", "/userinfo"])
def test_what_programs_send(module_provider: Provider, client: RelyingParty, path: str) -> None:
    base = requests_of(client)[path]
    for name in sorted({*NAMES, *base, CANARY, "dpop_jkt", "resource", "device_code", "user_code", "client_id"}):
        form = {**base, name: CANARY}
        for grant in ("authorization_code", "refresh_token", "client_credentials", ""):
            if path == "/token" and name != "grant_type" and grant:
                form["grant_type"] = grant
            answer = module_provider.browser().post(path, data=form, headers=client.basic)
            hold(answer, may_return=False)
            if answer.status_code >= 400 and answer.data:
                body: dict[str, Any] = json.loads(answer.text)
                assert body.keys() <= {"error", "error_description"}
            if path != "/token":
                break


@pytest.mark.parametrize("path", ["/authorize", "/end-session", "/end-session/confirm"])
def test_what_browsers_send(module_provider: Provider, client: RelyingParty, path: str) -> None:
    base = requests_of(client)[path]
    for name in sorted({*NAMES, *base, "dpop_jkt", "resource"}):
        sent = {**base, name: CANARY}
        browser = module_provider.browser()
        answer = browser.post(path, data=sent) if path.endswith("confirm") else browser.get(path, query_string=sent)
        # A redirect gives the state back, to an address that is registered, and takes the languages on to our own next page.
        hold(answer, may_return=name in ("state", "ui_locales") and answer.status_code == 303)


@pytest.mark.parametrize(
    "path", ["/token", "/par", "/register", "/userinfo", "/authorize", "/device", "/jwks", "/check-session"]
)
def test_what_stands_in_headers(module_provider: Provider, path: str) -> None:
    for name in HEADERS:
        for method in ("GET", "POST", "OPTIONS"):
            answer = module_provider.browser().open(path, method=method, headers={name: CANARY})
            hold(answer, may_return=False)


def test_what_stands_in_json(registering: Provider) -> None:
    for name in (
        "client_name",
        "scope",
        "jwks",
        "redirect_uris",
        "grant_types",
        "client_uri",
        "software_statement",
        CANARY,
    ):
        for value in (CANARY, [CANARY], {CANARY: CANARY}, {"keys": [{"kty": CANARY, CANARY: 1}]}):
            answer = registering.browser().post(
                "/register", json={"redirect_uris": ["https://rp.example/"], name: value}
            )
            if answer.status_code != 201:
                hold(answer, may_return=False)
