"""OIDC Session Management 1.0 in a real browser: a client's page, on another origin, asks the provider's frame."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.at_browser import AtBrowser
from tests.journeys.rp_page import RpPage, query_of
from tests.servers.demo import Demo

ASKING = """<iframe id="op" title="provider" src="{provider}/check-session"></iframe>
<iframe id="beside" title="client" srcdoc="<script>
  window.ask = (message) => new Promise((answer) => {{
    window.addEventListener('message', (event) => answer([event.origin, event.data]), {{ once: true }});
    window.parent.document.getElementById('op').contentWindow.postMessage(message, '*');
  }});
</script>"></iframe>
<script>
  const loaded = new Promise((done) => document.getElementById("op").addEventListener("load", done));
  window.ask = async (message) => {{
    await loaded;
    return new Promise((answer) => {{
      window.addEventListener("message", (event) => answer([event.origin, event.data]), {{ once: true }});
      document.getElementById("op").contentWindow.postMessage(message, "{provider}");
    }});
  }};
</script>"""


@pytest.fixture
def rp(demo: Demo) -> Iterator[RpPage]:
    """A client whose page watches the session."""
    page = RpPage(demo.house, demo.provider)
    page.content = lambda _path: ASKING.format(provider=demo.provider)
    yield page
    page.close()


def ask(browser: AtBrowser, message: Any) -> Any:
    """Return what the frame says, and from which origin."""
    silence = "new Promise((done) => setTimeout(() => done('no answer'), 60000))"
    return browser.page.evaluate(f"(message) => Promise.race([ask(message), {silence}])", message)


def test_unchanged_while_signed_in_changed_after_sign_out_error_for_rubbish(
    browser: AtBrowser, demo: Demo, rp: RpPage
) -> None:
    browser.open(rp.authorization_url())
    browser.sign_in(demo.person())
    browser.is_at(f"{rp.origin}/callback")
    message = f"{rp.client_id} {query_of(browser.page.url)['session_state']}"
    assert ask(browser, message) == [demo.provider, "unchanged"]
    # From a frame of the client's beside ours, as in the standard's picture and the conformance suite.
    beside = "(message) => document.getElementById('beside').contentWindow.ask(message)"
    assert browser.page.evaluate(beside, message) == [demo.provider, "unchanged"]
    for rubbish in ("", "x", f"{message} x", f" {message}", {"a": 1}, 7, f"{rp.client_id} abc", f"{rp.client_id} a.b"):
        assert ask(browser, rubbish) == [demo.provider, "error"], rubbish
    assert ask(browser, f"another {message.split()[1]}") == [demo.provider, "changed"]
    there = browser.context.new_page()
    there.goto(f"{demo.provider}/sign-out")
    there.locator("main").get_by_role("button", name="Sign out").click()
    there.get_by_role("heading", name="You are signed out").wait_for()
    assert ask(browser, message) == [demo.provider, "changed"]


def test_another_person_at_the_same_browser_is_a_change_and_the_state_of_nobody_holds(
    browser: AtBrowser, demo: Demo, rp: RpPage
) -> None:
    browser.open(rp.authorization_url(prompt="none"))
    browser.is_at(f"{rp.origin}/callback")
    answer = query_of(browser.page.url)
    assert answer["error"] == "login_required"
    message = f"{rp.client_id} {answer['session_state']}"
    assert ask(browser, message) == [demo.provider, "unchanged"]
    there = AtBrowser(browser.context, demo)
    there.open(f"{demo.provider}/menu")
    there.sign_in(demo.person())
    there.sees_heading("MES menu")
    assert ask(browser, message) == [demo.provider, "changed"]
