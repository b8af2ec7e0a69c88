"""Pushed authorization requests (RFC 9126): each test is named after its clause."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import Client as Browser
from werkzeug.test import TestResponse

from tests.protocol.provider import REDIRECT_URI, Provider, RelyingParty, answer_of, basic

REFERENCE = "urn:ietf:params:oauth:request_uri:"


def push(provider: Provider, rp: RelyingParty, headers: dict[str, str] | None = None, **changes: Any) -> TestResponse:
    form = rp.request(**changes)
    return provider.browser().post("/par", data=form, headers=rp.basic if headers is None else headers)


def reference(provider: Provider, rp: RelyingParty, **changes: Any) -> str:
    answer = push(provider, rp, **changes)
    assert answer.status_code == 201, answer.text
    return str((answer.json or {})["request_uri"])


def come(browser: Browser, rp: RelyingParty, request_uri: str, **more: str) -> TestResponse:
    return browser.get("/authorize?" + urlencode({"client_id": rp.client_id, "request_uri": request_uri, **more}))


def test_2_2_the_answer_is_exactly_a_reference_and_its_life(provider: Provider, rp: RelyingParty) -> None:
    answer = push(provider, rp)
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json or {}
    assert set(body) == {"request_uri", "expires_in"}
    assert body["request_uri"].startswith(REFERENCE)
    assert len(body["request_uri"]) - len(REFERENCE) == 43
    assert body["expires_in"] == 90


def test_4_what_was_pushed_is_what_is_answered(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    answer = answer_of(come(browser, rp, reference(provider, rp, state="kept")))
    assert set(answer) == {"code", "state", "iss", "session_state"}
    assert answer["state"] == "kept"
    tokens = provider.redeem(rp, answer["code"])
    assert tokens.status_code == 200, tokens.text


def test_4_nothing_beside_the_reference_counts(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    pushed = reference(provider, rp, state="kept")
    answer = come(
        browser, rp, pushed, state="other", redirect_uri="https://evil.example/cb", prompt="login", scope="phone"
    )
    assert answer_of(answer)["state"] == "kept"


def test_4_a_post_counts_like_a_get(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    pushed = reference(provider, rp)
    answer = browser.post("/authorize", data={"client_id": rp.client_id, "request_uri": pushed})
    assert "code" in answer_of(answer)


def test_4_a_person_who_signs_in_slowly_still_gets_there(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.browser()
    parked = come(browser, rp, reference(provider, rp)).headers["Location"]
    assert parked.startswith("/sign-in?interaction=")
    provider.clock.advance(39 * 60)
    provider.sign_in(provider.person(), browser)
    resumed = browser.get(parked.replace("/sign-in", "/authorize/resume"))
    assert "code" in answer_of(resumed)


def test_4_a_reference_is_good_once(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    pushed = reference(provider, rp)
    assert "code" in answer_of(come(browser, rp, pushed))
    again = come(browser, rp, pushed)
    assert again.status_code == 400
    assert "Location" not in again.headers


def test_4_of_two_who_complete_it_one_gets_a_code(provider: Provider, rp: RelyingParty) -> None:
    pushed = reference(provider, rp)
    browsers = [provider.browser(), provider.browser()]
    parked = [come(browser, rp, pushed).headers["Location"] for browser in browsers]
    for browser in browsers:
        provider.sign_in(provider.person(), browser)
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda pair: pair[0].get(pair[1].replace("/sign-in", "/authorize/resume")),
                zip(browsers, parked, strict=True),
            )
        )
    assert sorted(answer.status_code for answer in answers) == [303, 400]


def test_4_two_tabs_do_not_complete_it_hours_apart(provider: Provider, rp: RelyingParty) -> None:
    """Whoever works at a sign-in keeps it alive: what was used is remembered longer than any that may still complete it."""
    flow, pushed = provider.house.signin.flow, reference(provider, rp)
    browsers = [provider.browser(), provider.browser()]
    first, second = (come(browser, rp, pushed).headers["Location"] for browser in browsers)
    provider.sign_in(provider.person(), browsers[0])
    assert "code" in answer_of(browsers[0].get(first.replace("/sign-in", "/authorize/resume")))
    cookie = browsers[1].get_cookie(provider.house.signin.cookies.browser)
    assert cookie is not None
    for hours in range(5):
        if hours == 2:
            another = provider.sign_in(provider.person())
            assert come(another, rp, pushed).status_code == 400
        interaction = flow.load(second.partition("=")[2], cookie.value)
        flow.interactions.save(interaction)  # type: ignore[arg-type]
        provider.clock.advance(3_599)
    provider.sign_in(provider.person(), browsers[1])
    late = browsers[1].get(second.replace("/sign-in", "/authorize/resume"))
    assert (late.status_code, "Location" in late.headers) == (400, False)


def test_2_2_a_reference_runs_out(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    pushed = reference(provider, rp)
    provider.clock.advance(91)
    assert come(browser, rp, pushed).status_code == 400


def test_7_3_a_reference_is_its_own_clients(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    pushed = reference(provider, rp)
    stranger = provider.register()
    refused = come(browser, stranger, pushed)
    assert refused.status_code == 400
    assert "Location" not in refused.headers
    assert "code" in answer_of(come(browser, rp, pushed)), "the right owner's reference must not be burnt"


def test_2_1_the_client_must_show_who_it_is(provider: Provider, rp: RelyingParty) -> None:
    for headers in ({}, basic(rp.client_id, "wrong"), basic("nobody", "wrong")):
        answer = push(provider, rp, headers=headers)
        assert answer.status_code == 401
        assert (answer.json or {})["error"] == "invalid_client"


def test_2_1_a_public_client_pushes_by_its_name(provider: Provider) -> None:
    public = provider.register(token_endpoint_auth_method="none")
    browser = provider.sign_in(provider.person())
    pushed = push(provider, public, headers={})
    assert pushed.status_code == 201, pushed.text
    assert "code" in answer_of(come(browser, public, (pushed.json or {})["request_uri"]))


def test_2_1_a_pushed_request_names_its_own_client(provider: Provider, rp: RelyingParty) -> None:
    stranger = provider.register()
    answer = push(provider, rp, headers=stranger.basic)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"request_uri": REFERENCE + "x"}, "invalid_request"),
        ({"request_uri": "https://rp.example/r"}, "invalid_request"),
        ({"request": "x"}, "invalid_request_object"),
        ({"redirect_uri": "https://evil.example/cb"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "email"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"prompt": "nothing"}, "invalid_request"),
        ({"id_token_hint": "x"}, "invalid_request"),
    ],
)
def test_2_3_a_fault_is_told_at_the_push(
    provider: Provider, rp: RelyingParty, changes: dict[str, str | None], error: str
) -> None:
    answer = push(provider, rp, **changes)
    assert answer.status_code == 400
    body = answer.json or {}
    assert body["error"] == error
    assert set(body) <= {"error", "error_description"}
    assert "evil" not in answer.text


def test_2_1_the_endpoint_takes_forms_by_post_only(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.browser()
    assert browser.get("/par").status_code == 405
    assert browser.post("/par?scope=openid", data=rp.request(), headers=rp.basic).status_code == 400
    assert browser.post("/par", json=rp.request(), headers=rp.basic).status_code == 400
    assert browser.post("/par", data="scope=openid&scope=openid", headers=rp.basic).status_code == 400


def test_4_what_looks_like_a_reference_is_looked_up_and_not_fetched(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    for made_up in (REFERENCE, REFERENCE + "x", REFERENCE + "x" * 2_000, REFERENCE + "%00"):
        answer = come(browser, rp, made_up, redirect_uri=REDIRECT_URI)
        assert answer.status_code == 400
        assert "Location" not in answer.headers


def test_6_a_client_that_must_push_is_refused_otherwise(provider: Provider) -> None:
    rp = provider.register(require_pushed_authorization_requests=True)
    browser = provider.sign_in(provider.person())
    refused = answer_of(provider.authorize(browser, rp.request()))
    assert set(refused) == {"error", "error_description", "state", "iss", "session_state"}
    assert refused["error"] == "invalid_request"
    assert "code" in answer_of(come(browser, rp, reference(provider, rp)))


def test_credentials_are_not_kept_with_the_request(provider: Provider) -> None:
    rp = provider.register(token_endpoint_auth_method="client_secret_post")
    form = rp.request() | {"client_secret": rp.client_secret or ""}
    answer = provider.browser().post("/par", data=form)
    assert answer.status_code == 201, answer.text
    parked = come(provider.browser(), rp, (answer.json or {})["request_uri"])
    assert parked.headers["Location"].startswith("/sign-in?interaction=")
    kept = provider.house.ephemeral
    from idp.oidc.authorization.pushed_requests import PushedRequests

    found = PushedRequests(kept, 90, 3_600).find((answer.json or {})["request_uri"], rp.client_id)
    assert found is not None
    assert not {"client_secret", "client_assertion"}.intersection(found)
    assert set(form) - {"client_secret"} == set(found)
