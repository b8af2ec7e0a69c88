"""OIDC Session Management 1.0 on the server's side: `session_state` in every answer, the browser's state in a cookie."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client as Browser

from idp.audit.trail import Visitor
from idp.signin.browser_state import browser_origin
from tests.protocol.provider import Provider, RelyingParty, answer_of, claims_of, form_of
from tests.servers.clock import HandClock
from tests.servers.stores import Stores, sqlite_stores

COOKIE = "mes_state"
MODES = ["query", "form_post", "jwt", "query.jwt", "form_post.jwt"]


@pytest.fixture
def sqlite_only(sqlite_template: Path, tmp_path: Path, clock: HandClock) -> Iterator[Stores]:
    """Stores for a provider with settings of its own."""
    with sqlite_stores(sqlite_template, tmp_path, clock) as stores:
        yield stores


def answered(provider: Provider, browser: Browser, rp: RelyingParty, **changes: str | None) -> dict[str, str]:
    """Return the answer's parameters, from wherever the response mode put them."""
    mode = changes.get("response_mode") or "query"
    answer = provider.authorize(browser, rp.request(**changes))
    fields = form_of(answer)[1] if mode.startswith("form_post") else answer_of(answer)
    return claims_of(fields["response"]) if mode.endswith("jwt") else fields


def held(browser: Browser) -> str:
    """Return the browser's state, "" for none."""
    cookie = browser.get_cookie(COOKIE)
    return cookie.value if cookie is not None else ""


def fits(session_state: str, rp: RelyingParty, state: str, origin: str = "https://rp.example") -> bool:
    """Whether the frame would say "unchanged" to a page of this origin."""
    digest, _, salt = session_state.partition(".")
    now = hashlib.sha256(f"{rp.client_id} {origin} {state} {salt}".encode()).digest()
    return digest == base64.urlsafe_b64encode(now).rstrip(b"=").decode()


@pytest.mark.parametrize("mode", MODES)
def test_3_every_answer_carries_it(provider: Provider, rp: RelyingParty, mode: str) -> None:
    browser = provider.sign_in(provider.person())
    answer = answered(provider, browser, rp, response_mode=mode)
    assert " " not in answer["session_state"]
    assert held(browser)
    assert fits(answer["session_state"], rp, held(browser))


@pytest.mark.parametrize("mode", MODES)
def test_3_errors_carry_the_state_of_nobody(provider: Provider, rp: RelyingParty, mode: str) -> None:
    browser = provider.browser()
    answer = answered(provider, browser, rp, response_mode=mode, prompt="none")
    assert answer["error"] == "login_required"
    assert fits(answer["session_state"], rp, "")
    assert not held(browser)


def test_3_2_it_is_of_one_client_and_one_origin_and_salted(provider: Provider, rp: RelyingParty) -> None:
    browser, other = provider.sign_in(provider.person()), provider.register()
    first, second = (answered(provider, browser, rp)["session_state"] for _ in range(2))
    assert first != second
    assert fits(first, rp, held(browser))
    assert fits(second, rp, held(browser))
    assert not fits(first, other, held(browser))
    assert not fits(first, rp, held(browser), "https://evil.example")


def test_3_1_another_person_is_another_state_and_a_step_up_is_not(provider: Provider, rp: RelyingParty) -> None:
    browser, sessions = provider.sign_in(provider.person()), provider.house.signin.sessions
    before = answered(provider, browser, rp)["session_state"]
    cookie = browser.get_cookie(provider.house.signin.cookies.session)
    session = sessions.load(cookie.value if cookie else None)
    assert session is not None
    with provider.house.database.transaction() as connection:
        renewed = sessions.renew(connection, session, acr=session.acr, amr=("pwd", "otp"), is_fresh=False)
    assert renewed is not None
    browser.set_cookie(provider.house.signin.cookies.session, renewed[1])
    answered(provider, browser, rp)
    assert fits(before, rp, held(browser))
    provider.sign_in(provider.person(), browser)
    answered(provider, browser, rp)
    assert not fits(before, rp, held(browser))


def test_a_sign_out_takes_the_state_away(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    answer = answered(provider, browser, rp)
    hint = provider.redeem(rp, answer["code"]).json["id_token"]
    browser.get("/end-session", query_string={"id_token_hint": hint})
    assert not held(browser)
    assert not fits(answer["session_state"], rp, held(browser))


def test_the_cookie_holds_no_secret_and_is_given_once(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    given = provider.authorize(browser, rp.request()).headers["Set-Cookie"]
    assert given.startswith(f"{COOKIE}={held(browser)};")
    assert "HttpOnly" not in given
    assert "SameSite=Lax" in given
    assert "Set-Cookie" not in provider.authorize(browser, rp.request()).headers
    thief = provider.browser()
    for name in (COOKIE, provider.house.signin.cookies.session):
        thief.set_cookie(name, held(browser))
    assert answered(provider, thief, rp, prompt="none")["error"] == "login_required"


def test_on_https_the_cookie_can_be_read_in_the_page_of_another_site(
    sqlite_only: Stores, provider_on: Callable[..., Provider]
) -> None:
    provider = provider_on(sqlite_only, issuer="https://login.example.gov")
    rp, browser, person = provider.register(), provider.browser(), provider.person()
    with provider.house.database.transaction() as connection:
        _, cookie = provider.house.signin.sessions.open(
            connection, person, acr="urn:mes:acr:passcode", amr=("pwd",), visitor=Visitor()
        )
    browser.set_cookie("__Host-mes_session", cookie, domain="login.example.gov", secure=True)
    answer = browser.get("/authorize", query_string=rp.request(), base_url="https://login.example.gov")
    given = answer.headers["Set-Cookie"]
    assert given.startswith("__Host-mes_state=")
    assert "Secure" in given
    assert "SameSite=None" in given


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://RP.example/cb?x=y", "https://rp.example"),
        ("https://rp.example:443/cb", "https://rp.example"),
        ("http://localhost:8081/cb", "http://localhost:8081"),
        ("http://[::1]:8081/cb", "http://[::1]:8081"),
    ],
)
def test_3_2_the_origin_is_written_as_browsers_write_it(uri: str, origin: str) -> None:
    assert browser_origin(uri) == origin


def test_3_3_discovery_names_the_frame_and_anybody_may_frame_it(provider: Provider) -> None:
    metadata = provider.browser().get("/.well-known/openid-configuration").json
    assert metadata["check_session_iframe"] == f"{provider.issuer}/check-session"
    page = provider.browser().get("/check-session")
    assert page.status_code == 200
    assert "X-Frame-Options" not in page.headers
    assert page.headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'"
    )
    assert "X-Frame-Options" in provider.browser().get("/signed-out").headers


def test_it_can_be_switched_off(sqlite_only: Stores, provider_on: Callable[..., Provider]) -> None:
    provider = provider_on(sqlite_only, session={"management": False})
    rp, browser = provider.register(), provider.sign_in(provider.person())
    assert answered(provider, browser, rp).keys() == {"code", "state", "iss"}
    assert not held(browser)
    assert "check_session_iframe" not in provider.browser().get("/.well-known/openid-configuration").json
    assert provider.browser().get("/check-session").status_code == 404
