"""A client that is not part of MES: the person is asked once, may say no, and is asked again for more."""

from collections.abc import Iterator

import pytest

from tests.journeys.at_browser import AtBrowser
from tests.servers.demo import Demo
from tests.servers.relying_party import RelyingParty


@pytest.fixture
def stranger(demo: Demo) -> Iterator[RelyingParty]:
    """A relying party that is not part of MES."""
    party = RelyingParty(demo.provider, demo.house)
    yield party
    party.close()


def test_consent_is_asked_once_and_again_for_more(browser: AtBrowser, demo: Demo, stranger: RelyingParty) -> None:
    browser.open(stranger.authorization_url(scope="openid profile"))
    browser.sign_in(demo.person())
    browser.sees_heading("Share your details with Billing Desk?")
    browser.sees("your name")
    browser.press("Share and continue")
    assert "code" in stranger.answer()
    browser.open(stranger.authorization_url(scope="openid profile"))
    assert "code" in stranger.answer()
    browser.open(stranger.authorization_url(scope="openid profile email"))
    browser.sees("your e-mail address")


def test_saying_no_takes_the_error_back(browser: AtBrowser, demo: Demo, stranger: RelyingParty) -> None:
    browser.open(stranger.authorization_url(scope="openid profile", state="mine"))
    browser.sign_in(demo.person())
    browser.press("Do not share")
    answer = stranger.answer()
    assert answer == {"error": "access_denied", "state": "mine", "iss": demo.provider} | {
        key: answer[key] for key in answer if key in {"error_description", "session_state"}
    }


@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_the_way_back_is_allowed_by_the_policy_in_each_response_mode(
    browser: AtBrowser, demo: Demo, stranger: RelyingParty, mode: str
) -> None:
    browser.open(stranger.authorization_url(response_mode=mode))
    browser.sign_in(demo.person())
    browser.press("Share and continue")
    answer = stranger.answer()
    assert stranger.redeem(answer["code"]).status_code == 200
    assert answer["iss"] == demo.provider
