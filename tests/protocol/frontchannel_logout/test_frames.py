"""OIDC Front-Channel Logout 1.0: after a sign-out the browser asks each client in a frame, and then goes on."""

from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.test import Client as Browser
from werkzeug.test import TestResponse

from idp.audit.trail import OPERATOR
from idp.registry.metadata_fault import MetadataFault
from tests.protocol.provider import POST_LOGOUT_URI, Provider, RelyingParty, claims_of, form_of

OUT = "https://rp.example/frame-out"
BACK = "https://rp.example/backchannel"


class Page(HTMLParser):
    """The page's frames, and where it goes on."""

    def __init__(self, answer: TestResponse) -> None:
        super().__init__()
        self.frames: list[dict[str, str]] = []
        self.goes_on = ""
        self.scripts: list[str] = []
        self.feed(answer.get_data(as_text=True))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "iframe":
            self.frames.append(attributes)
        elif tag == "script":
            self.scripts.append(attributes["src"])
        elif "data-go-on" in attributes:
            self.goes_on = attributes["href"]

    @property
    def addresses(self) -> list[str]:
        """What the frames load."""
        return [frame["src"] for frame in self.frames]


def opened(provider: Provider, *clients: RelyingParty) -> tuple[Browser, dict[str, object], str]:
    """Return a browser signed in to these clients, the claims of the last ID Token, and that token."""
    browser, hint = provider.sign_in(provider.person()), ""
    for rp in clients:
        hint = provider.redeem(rp, provider.code(browser, rp)).json["id_token"]
    return browser, claims_of(hint), hint


def sign_out(browser: Browser, **parameters: str) -> TestResponse:
    """Sign out with proof."""
    return browser.get("/end-session", query_string=parameters)


def test_2_one_frame_for_each_client_and_then_on_to_the_client_that_asked(provider: Provider) -> None:
    required = provider.register(
        client_name="MMIS", frontchannel_logout_uri=f"{OUT}?a=b", frontchannel_logout_session_required=True
    )
    plain = provider.register(client_name="Appeals", frontchannel_logout_uri=OUT)
    without, stranger = provider.register(), provider.register(frontchannel_logout_uri=f"{OUT}/never")
    browser, claims, hint = opened(provider, required, plain, without)
    answer = sign_out(browser, id_token_hint=hint, post_logout_redirect_uri=POST_LOGOUT_URI, state="s 1&x")
    assert answer.status_code == 200
    page = Page(answer)
    first, second = sorted(page.addresses, key=len, reverse=True)
    assert first.startswith(f"{OUT}?a=b&")
    assert parse_qsl(urlsplit(first).query) == [("a", "b"), ("iss", provider.issuer), ("sid", str(claims["sid"]))]
    assert second == OUT
    assert page.goes_on == f"{POST_LOGOUT_URI}?state=s%201%26x"
    assert stranger.client_id
    assert "login_required" in provider.authorize(browser, without.request(prompt="none")).headers["Location"]


def test_the_policy_is_made_for_exactly_these_frames_and_nobody_frames_us(provider: Provider) -> None:
    rps = [provider.register(frontchannel_logout_uri=OUT), provider.register(frontchannel_logout_uri=f"{OUT}/2")]
    browser, _, hint = opened(provider, *rps)
    answer = sign_out(browser, id_token_hint=hint)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.endswith("; frame-src https://rp.example")
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    for frame in Page(answer).frames:
        assert frame["title"] == "Test module"
        # Whatever a frame's site does, it cannot take the whole page away.
        assert frame["sandbox"] == "allow-same-origin allow-scripts allow-forms"
    assert "frame-src" not in browser.get("/signed-out").headers["Content-Security-Policy"]


def test_the_page_names_no_person_and_needs_no_inline_script(provider: Provider) -> None:
    rp = provider.register(frontchannel_logout_uri=OUT, frontchannel_logout_session_required=True)
    browser, _, hint = opened(provider, rp)
    answer = sign_out(browser, id_token_hint=hint)
    words = answer.get_data(as_text=True)
    assert "Robin" not in words
    assert "clinic.example" not in words
    assert any(address.endswith("/mes/leave_modules.js") for address in Page(answer).scripts)


def test_after_the_persons_own_answer_it_is_the_same(provider: Provider) -> None:
    rp = provider.register(frontchannel_logout_uri=OUT)
    browser, _, _ = opened(provider, rp)
    question = sign_out(browser, client_id=rp.client_id, post_logout_redirect_uri=POST_LOGOUT_URI, state="s")
    action, fields = form_of(question)
    page = Page(browser.post(action, data=fields))
    assert page.addresses == [OUT]
    assert page.goes_on == f"{POST_LOGOUT_URI}?state=s"


def test_signing_out_in_the_menu_asks_them_too_and_ends_at_our_own_page(provider: Provider) -> None:
    rp = provider.register(client_name="MMIS", frontchannel_logout_uri=OUT)
    browser, _, _ = opened(provider, rp)
    action, fields = form_of(browser.get("/sign-out"))
    page = Page(browser.post(action, data=fields))
    assert (page.addresses, page.goes_on) == ([OUT], "/signed-out")
    assert "<strong>MMIS</strong>: was asked in this browser." in browser.get("/signed-out").get_data(as_text=True)


def test_a_client_with_both_ways_is_told_both_ways(provider: Provider) -> None:
    rp = provider.register(frontchannel_logout_uri=OUT, backchannel_logout_uri=BACK)
    browser, _, hint = opened(provider, rp)
    assert Page(sign_out(browser, id_token_hint=hint)).addresses == [OUT]
    assert [message.channel for message in provider.house.outbox.newest(provider.house.database)] == ["logout"]
    assert ": is being told." in browser.get("/signed-out").get_data(as_text=True)
    [asked] = provider.events("client:logout:asked_in_browser")
    assert asked.client_id == rp.client_id


def test_nobody_is_asked_twice(provider: Provider) -> None:
    rp = provider.register(frontchannel_logout_uri=OUT)
    browser, _, hint = opened(provider, rp)
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": POST_LOGOUT_URI}
    assert sign_out(browser, **asked).status_code == 200
    again = sign_out(browser, **asked)
    assert (again.status_code, again.headers["Location"]) == (303, POST_LOGOUT_URI)


def test_a_session_that_ends_elsewhere_cannot_ask_in_a_browser_and_says_so(provider: Provider) -> None:
    rp = provider.register(frontchannel_logout_uri=OUT)
    _, claims, _ = opened(provider, rp)
    person = provider.house.people.accounts.by_sub(str(claims["sub"]))
    assert person is not None
    provider.house.signin.disable_account(person, OPERATOR)
    [outcome] = provider.house.signin.sign_out_outcomes.of(str(claims["sid"]))
    assert outcome.state == "not_told"


def test_2_the_address_must_be_of_an_origin_of_a_redirect_uri(provider: Provider) -> None:
    for uri in ("https://other.example/out", "http://rp.example/out", "https://rp.example:8443/out"):
        with pytest.raises(MetadataFault, match="frontchannel_logout_uri"):
            provider.register(frontchannel_logout_uri=uri)


def test_3_discovery_says_so(provider: Provider) -> None:
    metadata = provider.browser().get("/.well-known/openid-configuration").json
    assert metadata["frontchannel_logout_supported"] is True
    assert metadata["frontchannel_logout_session_supported"] is True
