"""People work in a module for hours and never come by here: a session that idled out for us still ends everywhere."""

import pytest
from werkzeug.test import Client as Browser

from idp.audit.trail import Visitor
from tests.protocol.provider import POST_LOGOUT_URI, Provider, RelyingParty

BACK = "https://rp.example/backchannel"


@pytest.fixture
def listener(provider: Provider) -> RelyingParty:
    """A client that is told, and lives on refresh tokens."""
    return provider.register(backchannel_logout_uri=BACK, grant_types=["authorization_code", "refresh_token"])


def idled(provider: Provider, rp: RelyingParty) -> tuple[Browser, dict[str, str]]:
    """Return a browser whose session has idled out, and what its client got in it."""
    browser = provider.sign_in(provider.person())
    tokens = provider.redeem(rp, provider.code(browser, rp)).json
    provider.clock.advance(provider.house.settings.session.idle_seconds + 1)
    assert "login_required" in provider.authorize(browser, rp.request(prompt="none")).headers["Location"]
    return browser, tokens


def waiting(provider: Provider) -> int:
    """Return how many clients are to be told."""
    return len(provider.house.outbox.newest(provider.house.database))


def test_the_hint_of_the_modules_session_ends_it_everywhere(provider: Provider, listener: RelyingParty) -> None:
    browser, tokens = idled(provider, listener)
    answer = browser.get(
        "/end-session", query_string={"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": POST_LOGOUT_URI}
    )
    assert answer.headers["Location"] == POST_LOGOUT_URI
    assert waiting(provider) == 1
    assert provider.refresh(listener, tokens["refresh_token"]).status_code == 400


def test_without_a_hint_nothing_of_it_is_touched_or_told(provider: Provider, listener: RelyingParty) -> None:
    browser, tokens = idled(provider, listener)
    answer = browser.get("/end-session", query_string={"client_id": listener.client_id})
    assert answer.headers["Location"] == "/signed-out"
    assert waiting(provider) == 0
    assert provider.refresh(listener, tokens["refresh_token"]).status_code == 200


def test_another_browser_cannot_end_it_by_the_hint_alone(provider: Provider, listener: RelyingParty) -> None:
    _, tokens = idled(provider, listener)
    provider.browser().get("/end-session", query_string={"id_token_hint": tokens["id_token"]})
    assert waiting(provider) == 0


def test_whoever_signs_in_again_goes_on_in_it_and_anybody_else_ends_it(
    provider: Provider, listener: RelyingParty
) -> None:
    signin, clock = provider.house.signin, provider.clock
    for is_same in (True, False):
        person = provider.person()
        browser = provider.sign_in(person)
        provider.redeem(listener, provider.code(browser, listener))
        cookie = browser.get_cookie(signin.cookies.session)
        assert cookie is not None
        old = signin.sessions.load(cookie.value)
        clock.advance(provider.house.settings.session.idle_seconds + 1)
        comes = person if is_same else provider.person()
        with provider.house.database.transaction() as connection:
            session, _ = signin.check_app.attempts.complete(
                connection,
                comes,
                None,
                acr="urn:mes:acr:passcode",
                amr=("pwd", "otp"),
                device_cookie=None,
                visitor=Visitor(session_cookie=cookie.value),
            )
        assert old is not None
        assert (session.sid == old.sid) is is_same
        assert waiting(provider) == (0 if is_same else 1)
