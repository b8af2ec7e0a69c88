"""The modules about client assertions, pushed requests and PKCE of the two plans of FAPI 2.0 (final)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.protocol.plans import signing
from tests.protocol.plans.conformance_client import ASSERTION_TYPE
from tests.protocol.plans.fapi_client import FapiClient, refusal
from tests.protocol.plans.fapi_registration import MakeFapiClient
from tests.protocol.plans.token_checks import invalid_grant, tokens_from, tokens_of

WRONG = ("invalid_client", "invalid_request")
REFERENCE = "urn:ietf:params:oauth:request_uri:"


def code_form(fapi: FapiClient) -> dict[str, str]:
    """Return the token request of a new code."""
    code = fapi.authorize()["code"]
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": fapi.redirect_uri,
        "code_verifier": fapi.verifier,
    }


def asserted(fapi: FapiClient, alg: str = "", **changes: Any) -> dict[str, str]:
    """Return the parameters of an assertion with changed claims."""
    assertion = signing.signed(fapi.assertion(**changes), fapi.key, alg)
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}


def at_token(fapi: FapiClient, form: dict[str, str], path: str = "/token") -> Any:
    """Post a form as it is, with a proof."""
    proof = fapi.signed_proof(fapi.proof("POST", path))
    return fapi.provider.browser().post(path, data=form, headers={"DPoP": proof})


def test_ensure_signed_client_assertion_with_rs256_fails(fapi: FapiClient) -> None:
    assert refusal(at_token(fapi, code_form(fapi) | asserted(fapi, "RS256"))) == "invalid_client"


def test_ensure_client_assertion_in_token_endpoint(fapi: FapiClient) -> None:
    bare = at_token(fapi, {**code_form(fapi), "client_id": fapi.client_id})
    assert refusal(bare) in WRONG


def test_ensure_client_assertion_fails(fapi: FapiClient) -> None:
    """`...-with-exp-is-5-minutes-in-past-fails`, `...-with-wrong-aud-fails`, `...-with-no-sub-fails`; the code stays good."""
    form, past = code_form(fapi), fapi.provider.clock.now() - 300
    for changes in ({"exp": past}, {"aud": "https://suite.example/"}, {"sub": None}, {"jti": None}, {"exp": None}):
        assert refusal(at_token(fapi, form | asserted(fapi, **changes))) in WRONG, changes
    tokens_of(fapi, at_token(fapi, form | asserted(fapi)))


def test_a_jti_of_an_assertion_works_once(fapi: FapiClient) -> None:
    once = asserted(fapi, jti="the-suite-s-fixed-jti-" + fapi.client_id)
    assert at_token(fapi, code_form(fapi) | once).status_code == 200
    assert refusal(at_token(fapi, code_form(fapi) | once)) in WRONG


UNFIT: dict[str, Callable[[FapiClient], dict[str, str | None]]] = {
    "none": lambda fapi: {"client_id": fapi.client_id},
    "type missing": lambda fapi: asserted(fapi) | {"client_assertion_type": None},
    "type wrong": lambda fapi: asserted(fapi) | {"client_assertion_type": ASSERTION_TYPE.replace("jwt", "saml2")},
    "sub wrong": lambda fapi: asserted(fapi, sub="somebody"),
    "sub missing": lambda fapi: asserted(fapi, sub=None),
    "iss wrong": lambda fapi: asserted(fapi, iss="somebody"),
    "iss missing": lambda fapi: asserted(fapi, iss=None),
    "aud missing": lambda fapi: asserted(fapi, aud=None),
    "aud unrelated": lambda fapi: asserted(fapi, aud="https://suite.example/"),
    "aud with another": lambda fapi: asserted(fapi, aud=[fapi.metadata["issuer"], "https://suite.example/"]),
    "expired": lambda fapi: asserted(fapi, exp=fapi.provider.clock.now() - 300),
    "RS256": lambda fapi: asserted(fapi, "RS256"),
    "alg none": lambda fapi: asserted(fapi) | {"client_assertion": signing.unsigned(fapi.assertion())},
    "signature": lambda fapi: {
        name: signing.with_broken_signature(value) if name == "client_assertion" else value
        for name, value in asserted(fapi).items()
    },
}


def test_ensure_invalid_client_assertions_fail(fapi: FapiClient) -> None:
    """All of them with one request, at the push, and then it passes with a right one."""
    request = pushed_form(fapi)
    for case, unfit in UNFIT.items():
        form = {name: value for name, value in {**request, **unfit(fapi)}.items() if value is not None}
        assert refusal(fapi.provider.browser().post("/par", data=form)) in WRONG, case
    fapi.pushed(fapi.provider.browser().post("/par", data=request | asserted(fapi)))


@pytest.mark.parametrize("endpoint", ["token_endpoint", "pushed_authorization_request_endpoint", "as_array"])
def test_par_test_endpoint_url_as_audience_fails(fapi: FapiClient, endpoint: str) -> None:
    """`par-test-par-endpoint-url-as-audience-fails`, `par-test-token-...` and `par-test-array-...`: the issuer alone, as text."""
    audience: Any = [fapi.metadata["issuer"]] if endpoint == "as_array" else fapi.metadata[endpoint]
    form = pushed_form(fapi) | asserted(fapi, aud=audience)
    assert refusal(fapi.provider.browser().post("/par", data=form)) in WRONG


def pushed_form(fapi: FapiClient, **changes: str | None) -> dict[str, str]:
    """Return what a push of a new request carries beside the authentication."""
    request = fapi.last = fapi.request(**changes)
    return {"request": signing.signed(fapi.request_object(request), fapi.key)} if fapi.signs_requests else request


def test_par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted(fapi: FapiClient) -> None:
    soon = fapi.provider.clock.now() + 8
    form = pushed_form(fapi) | asserted(fapi, iat=soon, nbf=soon)
    fapi.pushed(fapi.provider.browser().post("/par", data=form))


def test_par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails(fapi: FapiClient) -> None:
    late = fapi.provider.clock.now() + 65
    form = pushed_form(fapi) | asserted(fapi, iat=late, nbf=late, exp=late + 60)
    assert refusal(fapi.provider.browser().post("/par", data=form)) in WRONG


def test_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(fapi: FapiClient) -> None:
    reference = fapi.pushed(fapi.push(fapi.request()))
    assert fapi.come(reference).headers["Location"].startswith("/sign-in")
    found = fapi.succeeded(fapi.at.go_on(fapi.come(reference)))
    tokens_of(fapi, fapi.redeem(found["code"]))


def test_par_attempt_reuse_request_uri(fapi: FapiClient) -> None:
    reference = fapi.pushed(fapi.push(fapi.request()))
    fapi.succeeded(fapi.at.go_on(fapi.come(reference)))
    again = fapi.come(reference)
    assert (again.status_code, "Location" in again.headers) == (400, False)


def test_par_attempt_to_use_expired_request_uri(fapi: FapiClient) -> None:
    answer = fapi.push(fapi.request())
    reference = fapi.pushed(answer)
    fapi.provider.clock.advance((answer.json or {})["expires_in"] + 1)
    assert fapi.come(reference).status_code == 400


def test_par_attempt_to_use_request_uri_for_different_client(make_fapi: MakeFapiClient) -> None:
    first, second = make_fapi(), make_fapi(number=2)
    reference = first.pushed(first.push(first.request()))
    assert second.come(reference).status_code == 400
    first.succeeded(first.at.go_on(first.come(reference)))


def test_par_authorization_request_containing_request_uri_form_param(fapi: FapiClient) -> None:
    """And `par-authorization-request-containing-request_uri`."""
    answer = fapi.push_form({**pushed_form(fapi), "request_uri": REFERENCE + "x"})
    assert refusal(answer) in ("invalid_request", "invalid_request_object")


def test_par_attempt_invalid_http_method(fapi: FapiClient) -> None:
    form, headers = fapi.authenticated(pushed_form(fapi), {})
    assert fapi.provider.browser().put("/par", data=form, headers=headers).status_code == 405


def test_par_without_duplicate_parameters(fapi: FapiClient) -> None:
    # Every flow here comes with client_id and request_uri only; the suite's others repeat the parameters beside them.
    reference = fapi.pushed(fapi.push(fapi.request()))
    repeated = {name: value for name, value in fapi.last.items() if name not in ("client_id", "response_mode")}
    fapi.succeeded(fapi.at.go_on(fapi.come(reference, **repeated)))


def test_ensure_different_nonce_and_state_inside_and_outside_request_object(fapi: FapiClient) -> None:
    reference = fapi.pushed(fapi.push(fapi.request()))
    found = fapi.succeeded(fapi.at.go_on(fapi.come(reference, state="outside", nonce="outside")))
    tokens_of(fapi, fapi.redeem(found["code"]))


def test_state_only_outside_request_object_not_used(fapi: FapiClient) -> None:
    reference = fapi.pushed(fapi.push(fapi.request(state=None)))
    assert "state" not in fapi.succeeded(fapi.at.go_on(fapi.come(reference, state="outside")))


# PKCE.


@pytest.mark.parametrize(
    "changes", [{"code_challenge": None, "code_challenge_method": None}, {"code_challenge_method": "plain"}]
)
def test_par_ensure_pkce_required(fapi: FapiClient, changes: dict[str, str | None]) -> None:
    """And `par-plain-pkce-rejected`."""
    assert refusal(fapi.push(fapi.request(**changes))) == "invalid_request"


def test_ensure_pkce_code_verifier_required(fapi: FapiClient) -> None:
    form = code_form(fapi)
    form.pop("code_verifier")
    assert invalid_grant(fapi.token(form))


def test_incorrect_pkce_code_verifier_rejected(fapi: FapiClient) -> None:
    code = fapi.authorize()["code"]
    assert invalid_grant(fapi.redeem(code, code_verifier="v" * 43))
    tokens_of(fapi, fapi.redeem(code))


def test_a_bound_client_is_never_without_pkce(fapi: FapiClient) -> None:
    tokens_from(fapi)
    assert fapi.last["code_challenge_method"] == "S256"
