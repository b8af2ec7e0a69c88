"""The npm package oidc-client-ts in a real browser, on a page of another origin: a public client, by CORS alone."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.interop.single_page_site import SinglePageSite
from tests.servers.demo import Demo
from tests.servers.people import Person
from tests.servers.relying_party import register
from tests.servers.web_client import WebClient

OpenPage = Callable[..., Page]


@pytest.fixture
def tab(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser without cookies."""
    context = chromium.new_context(locale="en-US")
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def open_page(demo: Demo, tab: BrowserContext) -> Iterator[OpenPage]:
    """Open the single page, registered as a client, from a host of choice; somebody may be signed in at the provider."""
    sites: list[SinglePageSite] = []

    def open_it(host: str, person: Person | None = None, *, refresh: bool = False, **settings: object) -> Page:
        site = SinglePageSite(host)
        sites.append(site)
        scope = "openid profile email" + (" offline_access" if refresh else "")
        client_id, _ = register(
            demo.house,
            client_name="Single page",
            first_party=True,
            token_endpoint_auth_method="none",
            redirect_uris=[f"{site.origin}/callback"],
            post_logout_redirect_uris=[f"{site.origin}/signed-out"],
            grant_types=["authorization_code", *(["refresh_token"] if refresh else [])],
            scope=scope,
        )
        site.settings = {"authority": demo.provider, "client_id": client_id, "scope": scope, **settings}
        if person is not None:
            sign_in_at_provider(demo, tab, person)
        page = tab.new_page()
        page.goto(site.origin)
        return page

    yield open_it
    for site in sites:
        site.close()


def sign_in_at_provider(demo: Demo, tab: BrowserContext, person: Person) -> None:
    """Sign somebody in over HTTP and hand the cookies to the browser."""
    client = WebClient()
    demo.sign_in(client, f"{demo.provider}/menu", person)
    tab.add_cookies(
        [{"name": one.name, "value": one.value or "", "url": demo.provider} for one in client.requests.cookies]
    )


def press(page: Page, button: str) -> dict[str, Any]:
    """Press a button of the page and return what it says then."""
    page.evaluate("document.querySelector('#said').textContent = ''")
    page.get_by_role("button", name=button, exact=True).click()
    return said(page)


def said(page: Page) -> dict[str, Any]:
    """Return what the page says once it says something."""
    expect(page.locator("#said")).not_to_be_empty()
    found: dict[str, Any] = json.loads(page.locator("#said").text_content() or "")
    return found


def test_sign_in_renew_revoke_and_sign_out(open_page: OpenPage, demo: Demo) -> None:
    person = demo.person()
    page = open_page("127.0.0.1", person, refresh=True)
    user = press(page, "Sign in")
    assert user["profile"]["email"] == person.user_id
    renewed = press(page, "Renew")
    assert renewed["refresh_token"] != user["refresh_token"]
    assert renewed["access_token"] != user["access_token"]
    assert press(page, "Revoke") == {"revoked": True}
    assert press(page, "Renew") == {"error": "login_required"}
    page.evaluate("document.querySelector('#said').textContent = ''")
    page.get_by_role("button", name="Sign out", exact=True).click()
    assert said(page) == {"state": "bye"}
    page.goto(f"{demo.provider}/menu")
    assert urlsplit(page.url).path == "/sign-in"


def test_silent_renewal_in_a_frame_on_the_providers_site(open_page: OpenPage, demo: Demo) -> None:
    person = demo.person()
    page = open_page("localhost", person)
    user = press(page, "Sign in")
    renewed = press(page, "Renew")
    assert renewed["profile"]["sub"] == user["profile"]["sub"]
    assert renewed["access_token"] != user["access_token"]


def test_silent_renewal_in_a_frame_on_another_site_says_login_required(open_page: OpenPage, demo: Demo) -> None:
    page = open_page("127.0.0.1", demo.person())
    press(page, "Sign in")
    assert press(page, "Renew") == {"error": "login_required"}


def test_session_monitor_learns_of_a_sign_out_in_another_tab(open_page: OpenPage, demo: Demo) -> None:
    page = open_page("localhost", demo.person(), monitorSession=True, checkSessionIntervalInSeconds=1)
    user = press(page, "Sign in")
    assert user["session_state"]
    assert press(page, "Watch the session") == {"watching": True}
    page.wait_for_timeout(2_500)  # it looks more than once, and nothing has changed
    assert said(page) == {"watching": True}
    other = page.context.new_page()
    other.goto(f"{demo.provider}/menu")
    other.get_by_role("button", name="Sign out").click()
    expect(page.locator("#said")).to_have_text(json.dumps({"signed_out": True}, separators=(",", ":")))


def test_request_that_is_refused(open_page: OpenPage) -> None:
    page = open_page("127.0.0.1")
    assert press(page, "Renew") == {"error": "login_required"}
