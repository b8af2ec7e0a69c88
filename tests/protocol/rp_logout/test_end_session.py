"""OIDC RP-Initiated Logout 1.0: at once with a valid hint, after a question without, and never to a strange address."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc import jwt
from werkzeug.test import Client as Browser
from werkzeug.test import TestResponse

from idp.accounts.model import Account
from idp.audit.trail import OPERATOR
from tests.protocol.provider import POST_LOGOUT_URI, Provider, RelyingParty, claims_of, form_of


def sign_out(browser: Browser, method: str = "GET", **parameters: str) -> TestResponse:
    """Ask to be signed out."""
    if method == "POST":
        return browser.post("/end-session", data=parameters)
    return browser.get("/end-session", query_string=parameters)


def signed_in(provider: Provider, rp: RelyingParty, person: Account | None = None) -> tuple[Browser, str]:
    """Return a browser with a session, and the ID Token it gave the client."""
    browser = provider.sign_in(person or provider.person())
    return browser, provider.redeem(rp, provider.code(browser, rp)).json["id_token"]


def is_signed_in(provider: Provider, browser: Browser, rp: RelyingParty) -> bool:
    """Whether the browser's session still opens the client."""
    return "code=" in provider.authorize(browser, rp.request(prompt="none")).headers["Location"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_2_a_valid_hint_signs_out_at_once_and_goes_back(provider: Provider, rp: RelyingParty, method: str) -> None:
    browser, hint = signed_in(provider, rp)
    answer = sign_out(browser, method, id_token_hint=hint, post_logout_redirect_uri=POST_LOGOUT_URI, state="s 1&x")
    assert answer.status_code == 303
    assert answer.headers["Location"] == POST_LOGOUT_URI + "?state=s%201%26x"
    assert not is_signed_in(provider, browser, rp)
    assert "mes_session=;" in answer.headers["Set-Cookie"]


def test_2_an_expired_hint_is_as_good(provider: Provider, rp: RelyingParty) -> None:
    browser, hint = signed_in(provider, rp)
    provider.clock.advance(600)
    answer = sign_out(browser, id_token_hint=hint, post_logout_redirect_uri=POST_LOGOUT_URI)
    assert answer.headers["Location"] == POST_LOGOUT_URI
    assert not is_signed_in(provider, browser, rp)


def test_without_an_address_our_own_page_says_that_it_is_done(provider: Provider, rp: RelyingParty) -> None:
    browser, hint = signed_in(provider, rp)
    answer = sign_out(browser, id_token_hint=hint, state="x")
    assert answer.headers["Location"] == "/signed-out"
    assert browser.get("/signed-out").status_code == 200


def test_6_without_a_hint_the_person_is_asked(provider: Provider, rp: RelyingParty) -> None:
    browser, _ = signed_in(provider, rp)
    question = sign_out(browser, client_id=rp.client_id, post_logout_redirect_uri=POST_LOGOUT_URI, state="s")
    assert question.status_code == 200
    assert is_signed_in(provider, browser, rp)
    assert "form-action 'self' https://rp.example;" in question.headers["Content-Security-Policy"]
    action, fields = form_of(question)
    answer = browser.post(action, data=fields)
    assert answer.status_code == 303
    assert answer.headers["Location"] == POST_LOGOUT_URI + "?state=s"
    assert not is_signed_in(provider, browser, rp)


def test_6_nobody_else_can_answer_the_question(provider: Provider, rp: RelyingParty) -> None:
    browser, _ = signed_in(provider, rp)
    _, fields = form_of(sign_out(browser, client_id=rp.client_id))
    other, _ = signed_in(provider, rp)
    for forged in ({}, {**fields, "proof": ""}, {"proof": "x"}, {**fields, "proof": "\u00e9"}):
        assert browser.post("/end-session/confirm", data={"x": "y", **forged}).status_code == 200
        assert is_signed_in(provider, browser, rp)
    assert other.post("/end-session/confirm", data=fields).status_code == 200
    assert is_signed_in(provider, other, rp)
    changed = {**fields, "post_logout_redirect_uri": POST_LOGOUT_URI}
    assert browser.post("/end-session/confirm", data=changed).status_code == 200
    assert is_signed_in(provider, browser, rp)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "uri", ["https://evil.example/", POST_LOGOUT_URI + "/", POST_LOGOUT_URI + "?a=b", "javascript:alert(1)", "//evil"]
)
def test_3_an_address_that_is_not_registered_is_a_page(
    provider: Provider, rp: RelyingParty, uri: str, method: str
) -> None:
    browser, hint = signed_in(provider, rp)
    for parameters in ({"id_token_hint": hint}, {"client_id": rp.client_id}):
        answer = sign_out(browser, method, post_logout_redirect_uri=uri, **parameters)
        assert answer.status_code == 400
        assert "Location" not in answer.headers
    assert is_signed_in(provider, browser, rp)


def test_3_without_a_client_the_address_means_nothing(provider: Provider, rp: RelyingParty) -> None:
    browser, _ = signed_in(provider, rp)
    action, fields = form_of(sign_out(browser, post_logout_redirect_uri=POST_LOGOUT_URI, state="s"))
    assert not {"post_logout_redirect_uri", "state"} & fields.keys()
    assert browser.post(action, data=fields).headers["Location"] == "/signed-out"


def test_a_hint_of_another_session_is_no_proof(provider: Provider, rp: RelyingParty) -> None:
    browser, _ = signed_in(provider, rp)
    _, others_hint = signed_in(provider, rp)
    assert sign_out(browser, id_token_hint=others_hint).status_code == 200
    assert is_signed_in(provider, browser, rp)


def test_a_hint_and_another_client_id_is_a_page(provider: Provider, rp: RelyingParty) -> None:
    browser, hint = signed_in(provider, rp)
    answer = sign_out(browser, id_token_hint=hint, client_id=provider.register().client_id)
    assert answer.status_code == 400
    assert is_signed_in(provider, browser, rp)


def test_what_is_no_id_token_of_ours_is_no_proof(provider: Provider) -> None:
    rp = provider.register(id_token_signed_response_alg="ES256")
    browser = provider.sign_in(provider.person())
    tokens = provider.redeem(rp, provider.code(browser, rp)).json
    key = provider.house.keys.keyring.signing_key("ES256")
    foreign = jwt.encode(
        {"alg": "ES256", "kid": key.kid},
        claims_of(tokens["id_token"]) | {"iss": "https://evil.example"},
        key,
        algorithms=["ES256"],
    )
    for hint in (tokens["access_token"], foreign, "x", "a.b.c", "\u00e9"):
        assert sign_out(browser, id_token_hint=hint).status_code == 200
        assert is_signed_in(provider, browser, rp)


def test_without_a_session_it_is_done_already(provider: Provider, rp: RelyingParty) -> None:
    _, hint = signed_in(provider, rp)
    answer = sign_out(provider.browser(), id_token_hint=hint, post_logout_redirect_uri=POST_LOGOUT_URI, state="s")
    assert answer.headers["Location"] == POST_LOGOUT_URI + "?state=s"
    assert sign_out(provider.browser()).headers["Location"] == "/signed-out"


@pytest.mark.parametrize("query", ["state=a&state=b", "id_token_hint=%ff", "state=%00"])
def test_what_cannot_be_read_is_400(provider: Provider, query: str) -> None:
    assert provider.browser().get("/end-session?" + query).status_code == 400


STATES = ["s" * 128, 'a b"<', "&amp;=%26+#?/\\", "\u00e9\u6f22\u5b57", "'><script>", "{json:[1]}", "~-._"]


@pytest.mark.parametrize("state", STATES)
def test_3_state_comes_back_exactly(provider: Provider, rp: RelyingParty, state: str) -> None:
    browser, hint = signed_in(provider, rp)
    at_once = sign_out(browser, id_token_hint=hint, post_logout_redirect_uri=POST_LOGOUT_URI, state=state)
    browser, _ = signed_in(provider, rp)
    action, fields = form_of(
        sign_out(browser, client_id=rp.client_id, post_logout_redirect_uri=POST_LOGOUT_URI, state=state)
    )
    for answer in (at_once, browser.post(action, data=fields)):
        target = urlsplit(answer.headers["Location"])
        assert target._replace(query="").geturl() == POST_LOGOUT_URI
        assert parse_qsl(target.query, strict_parsing=True) == [("state", state)]


def test_3_an_address_with_a_query_keeps_it(provider: Provider) -> None:
    rp = provider.register(post_logout_redirect_uris=[f"{POST_LOGOUT_URI}?tenant=va"])
    browser, hint = signed_in(provider, rp)
    answer = sign_out(browser, id_token_hint=hint, post_logout_redirect_uri=f"{POST_LOGOUT_URI}?tenant=va", state="s")
    assert answer.headers["Location"] == f"{POST_LOGOUT_URI}?tenant=va&state=s"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_2_ui_locales_are_spoken_to_the_end(provider: Provider, rp: RelyingParty, method: str) -> None:
    browser, _ = signed_in(provider, rp)
    question = sign_out(browser, method, client_id=rp.client_id, ui_locales="xx es-US en")
    assert question.headers["Content-Language"] == "es"
    action, fields = form_of(question)
    done = browser.post(action, data=fields)
    assert done.headers["Location"] == "/signed-out?ui_locales=xx%20es-US%20en"
    assert browser.get(done.headers["Location"]).headers["Content-Language"] == "es"


@pytest.mark.parametrize("parameters", [{"logout_hint": "robin"}, {"ui_locales": "es"}, {"state": "s"}, {}])
def test_2_whoever_brings_no_hint_is_asked_whatever_else_they_bring(
    provider: Provider, rp: RelyingParty, parameters: dict[str, str]
) -> None:
    browser, _ = signed_in(provider, rp)
    question = sign_out(browser, **parameters)
    assert question.status_code == 200
    assert is_signed_in(provider, browser, rp)
    action, fields = form_of(question)
    assert "state" not in fields
    assert browser.post(action, data=fields).headers["Location"].partition("?")[0] == "/signed-out"
    assert not is_signed_in(provider, browser, rp)


def test_2_a_hint_of_an_earlier_session_of_the_same_person_asks(provider: Provider, rp: RelyingParty) -> None:
    person = provider.person()
    _, old = signed_in(provider, rp, person)
    browser, _ = signed_in(provider, rp, person)
    assert sign_out(browser, id_token_hint=old, logout_hint="x").status_code == 200
    assert is_signed_in(provider, browser, rp)


def test_2_1_a_post_from_another_site_comes_again_with_a_get(provider: Provider, rp: RelyingParty) -> None:
    _, hint = signed_in(provider, rp)
    answer = sign_out(provider.browser(), "POST", id_token_hint=hint, logout_hint="x")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/end-session?id_token_hint={hint}&logout_hint=x"


def test_the_hint_of_a_disabled_client_leads_nowhere(provider: Provider, rp: RelyingParty) -> None:
    browser, hint = signed_in(provider, rp)
    provider.house.registry.disable(rp.client_id, OPERATOR)
    provider.house.versions._looked_at = float("-inf")  # a second later
    answer = sign_out(browser, id_token_hint=hint, post_logout_redirect_uri=POST_LOGOUT_URI, state="s")
    assert answer.headers["Location"] == "/signed-out"


def test_a_head_signs_nobody_out(provider: Provider, rp: RelyingParty) -> None:
    browser, hint = signed_in(provider, rp)
    assert browser.head("/end-session", query_string={"id_token_hint": hint}).status_code == 204
    assert is_signed_in(provider, browser, rp)


@pytest.mark.parametrize("path", ["/end-session/confirm", "/end-session", "/sign-out"])
def test_a_form_of_another_site_takes_no_cookie_away(provider: Provider, rp: RelyingParty, path: str) -> None:
    browser, _ = signed_in(provider, rp)
    # The browser holds its own cookies back (SameSite=Lax), and would obey what the answer says about them.
    elsewhere = provider.browser()
    answer = elsewhere.post(path, data={"csrf": "x", "proof": "x"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 303
    assert not [line for line in answer.headers.getlist("Set-Cookie") if "mes_session" in line or "mes_state" in line]
    asked = browser.get(answer.headers["Location"])
    assert asked.status_code == 200, "with its cookies the person is asked"
    assert is_signed_in(provider, browser, rp)
