"""The modules of `fapi2-message-signing-final-test-plan` that the security profile does not have: signed requests (JAR).

Everything else of the plan, with JARM, runs in the files of the security profile, once for each plan.
"""

from typing import Any

import pytest

from tests.protocol.plans import signing
from tests.protocol.plans.fapi_client import FapiClient, refusal
from tests.protocol.plans.token_checks import tokens_of

UNFIT = "invalid_request_object"
REFUSED = ("invalid_request", UNFIT)
OTHER = signing.new_key("PS256")


def push_object(fapi: FapiClient, alg: str = "", key: Any = None, **changes: Any) -> Any:
    """Push a signed request whose claims were changed; moments are seconds from now."""
    now = fapi.provider.clock.now()
    moved = {
        name: now + value if name in ("exp", "nbf") and value is not None else value for name, value in changes.items()
    }
    fapi.last = fapi.request()
    claims = fapi.request_object(fapi.last, **moved)
    return fapi.push_form({"request": signing.signed(claims, key or fapi.key, alg)})


def test_ensure_request_object_with_multiple_aud_succeeds(signing_fapi: FapiClient) -> None:
    both = [signing_fapi.metadata["issuer"], "https://suite.example/"]
    signing_fapi.pushed(push_object(signing_fapi, aud=both))


def test_ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted(signing_fapi: FapiClient) -> None:
    reference = signing_fapi.pushed(push_object(signing_fapi, nbf=8))
    found = signing_fapi.succeeded(signing_fapi.at.go_on(signing_fapi.come(reference)))
    tokens_of(signing_fapi, signing_fapi.redeem(found["code"]))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"nbf": None},
        {"exp": -300},
        {"exp": 70 * 60},
        {"nbf": -70 * 60},
        {"aud": "https://suite.example/"},
        {"redirect_uri": None},
    ],
    ids=["without-exp", "without-nbf", "expired", "exp-over-60", "nbf-over-60", "bad-aud", "without-redirect-uri"],
)
def test_ensure_request_object_fails(signing_fapi: FapiClient, changes: dict[str, Any]) -> None:
    """`ensure-request-object-...-fails` and `ensure-expired-request-object-fails`."""
    expected = REFUSED if "redirect_uri" in changes else (UNFIT,)
    assert refusal(push_object(signing_fapi, **changes)) in expected


def test_ensure_signed_request_object_with_rs256_fails(signing_fapi: FapiClient) -> None:
    assert refusal(push_object(signing_fapi, "RS256")) == UNFIT


def test_ensure_request_object_signature_algorithm_is_not_none(signing_fapi: FapiClient) -> None:
    claims = signing_fapi.request_object(signing_fapi.request())
    assert refusal(signing_fapi.push_form({"request": signing.unsigned(claims)})) == UNFIT


def test_ensure_request_object_with_invalid_signature_fails(signing_fapi: FapiClient) -> None:
    request = signing.signed(signing_fapi.request_object(signing_fapi.request()), signing_fapi.key)
    assert refusal(signing_fapi.push_form({"request": signing.with_broken_signature(request)})) == UNFIT


def test_ensure_matching_key_in_authorization_request(signing_fapi: FapiClient) -> None:
    assert refusal(push_object(signing_fapi, key=OTHER)) in REFUSED


def test_par_authorization_request_containing_request_uri(signing_fapi: FapiClient) -> None:
    """Inside the signed request."""
    assert refusal(push_object(signing_fapi, request_uri="urn:ietf:params:oauth:request_uri:x")) == UNFIT


def test_ensure_unsigned_request_at_par_endpoint_fails(signing_fapi: FapiClient) -> None:
    assert refusal(signing_fapi.push_form(signing_fapi.request())) == "invalid_request"


def test_a_request_object_may_say_what_it_is(signing_fapi: FapiClient) -> None:
    """The suite's second client signs with `typ` and an `iat` (`happy-flow`)."""
    signing_fapi.last = signing_fapi.request(state="s" * 128)
    claims = signing_fapi.request_object(signing_fapi.last, iat=signing_fapi.provider.clock.now())
    request = signing.signed(claims, signing_fapi.key, typ="oauth-authz-req+jwt")
    reference = signing_fapi.pushed(signing_fapi.push_form({"request": request}))
    signing_fapi.succeeded(signing_fapi.at.go_on(signing_fapi.come(reference)))
