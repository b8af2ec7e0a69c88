"""OIDC Front-Channel Logout 1.0 in a real browser: clients are asked in frames, and nobody is ever stuck there."""

from collections.abc import Callable, Iterator

import pytest

from tests.journeys.at_browser import AtBrowser
from tests.journeys.rp_page import RpPage, query_of
from tests.servers.demo import Demo


@pytest.fixture
def rp(demo: Demo) -> Iterator[RpPage]:
    """A client that is told in the browser."""
    page = RpPage(demo.house, demo.provider, is_told_in_browser=True)
    yield page
    page.close()


def sign_in(browser: AtBrowser, demo: Demo, rp: RpPage) -> None:
    """Sign somebody in to the client."""
    browser.open(rp.authorization_url())
    browser.sign_in(demo.person())
    browser.is_at(f"{rp.origin}/callback")
    rp.redeem(query_of(browser.page.url)["code"])


def sign_out(browser: AtBrowser, demo: Demo, rp: RpPage) -> None:
    """Have the client send the person to sign out, who agrees."""
    browser.open(
        f"{demo.provider}/end-session?client_id={rp.client_id}&post_logout_redirect_uri={rp.origin}/out&state=s-1"
    )
    browser.press("Sign out")


def test_the_client_is_asked_in_its_frame_and_the_browser_goes_on_by_itself(
    browser: AtBrowser, demo: Demo, rp: RpPage
) -> None:
    sign_in(browser, demo, rp)
    sign_out(browser, demo, rp)
    browser.is_at(f"{rp.origin}/out")
    assert query_of(browser.page.url) == {"state": "s-1"}
    [frame] = [address for address in rp.asked if "/frame" in address]
    assert query_of(frame).keys() == {"iss", "sid"}
    assert query_of(frame)["iss"] == demo.provider


def test_a_client_that_never_answers_holds_nobody_up(browser: AtBrowser, demo: Demo, rp: RpPage) -> None:
    sign_in(browser, demo, rp)
    rp.may_answer.clear()
    sign_out(browser, demo, rp)
    browser.sees_heading("Signing you out")
    browser.is_at(f"{rp.origin}/out")


def test_without_scripts_there_is_a_link(new_browser: Callable[..., AtBrowser], demo: Demo, rp: RpPage) -> None:
    browser = new_browser(java_script_enabled=False, viewport={"width": 320, "height": 640})
    sign_in(browser, demo, rp)
    sign_out(browser, demo, rp)
    browser.sees_heading("Signing you out")
    browser.follow("Continue")
    browser.is_at(f"{rp.origin}/out")
    browser.open(f"{demo.provider}/signed-out")
    browser.sees("Billing Desk: was asked in this browser.")


def test_the_page_can_be_read_by_everybody(new_browser: Callable[..., AtBrowser], demo: Demo, rp: RpPage) -> None:
    browser = new_browser(viewport={"width": 320, "height": 640})
    # A page that stays: its script does nothing.
    browser.context.route("**/leave_modules.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    sign_in(browser, demo, rp)
    sign_out(browser, demo, rp)
    browser.sees_heading("Signing you out")
    browser.look()
    browser.follow("Continue")
    browser.is_at(f"{rp.origin}/out")
