"""The plan `fapi2-security-profile-final-test-plan` (private_key_jwt, DPoP, OpenID Connect), and every module of it that the plan
`fapi2-message-signing-final-test-plan` repeats with signed requests (JAR) and signed answers (JARM).

Modules of the profiles of single countries and of Grant Management, which the suite runs for those variants only, are left out.
"""

import json
from typing import Any

import pytest

from tests.protocol.plans import signing
from tests.protocol.plans.fapi_client import FapiClient, refusal
from tests.protocol.plans.fapi_registration import MakeFapiClient
from tests.protocol.plans.token_checks import id_token_of, invalid_grant, signed_in, tokens_from, tokens_of

UNASKED = {"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "sid"}
"""What an ID Token may hold that no scope and no `claims` asked for."""


def test_discovery_end_point_verification(fapi: FapiClient) -> None:
    metadata = fapi.metadata
    assert "private_key_jwt" in metadata["token_endpoint_auth_methods_supported"]
    for name in (
        "dpop_signing_alg_values_supported",
        "token_endpoint_auth_signing_alg_values_supported",
        "id_token_signing_alg_values_supported",
        "userinfo_signing_alg_values_supported",
        "request_object_signing_alg_values_supported",
        "authorization_signing_alg_values_supported",
    ):
        assert {"PS256", "ES256", "EdDSA"} & set(metadata[name]), name
        assert "none" not in metadata[name], name
    assert not {"RS256", "HS256"} & set(metadata["dpop_signing_alg_values_supported"])
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert {"query", "jwt"} <= set(metadata["response_modes_supported"])
    assert metadata["pushed_authorization_request_endpoint"]
    assert metadata["jwks_uri"]


def test_happy_flow(make_fapi: MakeFapiClient) -> None:
    first, second = make_fapi(), make_fapi(number=2)
    assert set(first.scope.split()) <= set(first.metadata["scopes_supported"])
    tokens = tokens_from(first)
    claims = id_token_of(first, tokens)
    assert claims.keys() <= UNASKED
    in_query = first.provider.browser().get("/userinfo", query_string={"access_token": tokens["access_token"]})
    assert in_query.status_code in (400, 401, 414)
    for accept in ("application/json;charset=UTF-8", "application/json, application/*+json, */*"):
        assert first.resource(tokens["access_token"], accept=accept).content_type == "application/json"
    bound = signing.thumbprint(second.dpop_key)
    second_tokens = tokens_from(second, state="s" * 128, nonce="n" * 43, dpop_jkt=bound)
    assert claims["sub"] == id_token_of(second, second_tokens)["sub"]
    # A token of the second client is of no use with the first one's key.
    assert first.resource(second_tokens["access_token"]).status_code == 401


def test_user_rejects_authentication(fapi: FapiClient) -> None:
    browser, flow = fapi.at.browser, fapi.provider.house.signin.flow
    parked = fapi.come(fapi.pushed(fapi.push(fapi.request(state="s" * 128)))).headers["Location"]
    cookie = browser.get_cookie(fapi.provider.house.signin.cookies.browser)
    assert cookie is not None
    interaction = flow.load(parked.partition("interaction=")[2], cookie.value)
    answer = browser.get(flow.refuse(interaction))  # type: ignore[arg-type]
    assert fapi.refused(answer) == "access_denied"


def test_ensure_authorization_request_without_state_success(fapi: FapiClient) -> None:
    found = fapi.authorize(state=None)
    assert "state" not in found
    tokens_of(fapi, fapi.redeem(found["code"]))


def test_ensure_authorization_request_without_nonce_success(fapi: FapiClient) -> None:
    assert "nonce" not in id_token_of(fapi, tokens_from(fapi, nonce=None))


def test_ensure_authorization_request_with_64_char_nonce_success(fapi: FapiClient) -> None:
    assert id_token_of(fapi, tokens_from(fapi, nonce="n" * 64))["nonce"] == "n" * 64


def test_ensure_other_scope_order_succeeds(fapi: FapiClient) -> None:
    tokens_from(fapi, scope="email openid")


def test_test_claims_parameter_identity_claims(fapi: FapiClient) -> None:
    standard = ["name", "given_name", "family_name", "email", "email_verified", "phone_number", "phone_number_verified"]
    assert set(standard) <= set(fapi.metadata["claims_supported"])
    forms: list[Any] = [None, {"essential": True}, {"essential": False}, {}, {"essential": True}, None, {}]
    wanted = dict(zip(standard, forms, strict=True))
    unknown = {"random_claim_of_the_suite": {"essential": True}, "sub": {}}
    asked = json.dumps({"id_token": {**wanted, **unknown}, "userinfo": {**wanted, **unknown}, "elsewhere": unknown})
    tokens = tokens_from(fapi, claims=asked)
    for claims in (id_token_of(fapi, tokens), dict(fapi.userinfo(tokens["access_token"]).json or {})):
        assert set(standard) <= claims.keys()
        assert "random_claim_of_the_suite" not in claims


@pytest.mark.parametrize("scheme", ["dpop", "DPOP", "dPoP"])
def test_access_token_type_header_case_sensitivity(fapi: FapiClient, scheme: str) -> None:
    assert fapi.resource(tokens_from(fapi)["access_token"], scheme).status_code == 200


def test_ensure_authorization_request_with_long_nonce(fapi: FapiClient) -> None:
    assert id_token_of(fapi, tokens_from(fapi, nonce="n" * 384))["nonce"] == "n" * 384


def test_ensure_authorization_request_with_long_state(fapi: FapiClient) -> None:
    tokens_of(fapi, fapi.redeem(fapi.authorize(state="s" * 384)["code"]))


# Negative tests of the authorization request.


def test_plain_fapi_tolerate_unregistered_redirect_uri(fapi: FapiClient) -> None:
    """And `ensure-registered-redirect-uri`."""
    refused = fapi.push(fapi.request(redirect_uri=fapi.redirect_uri + "/other"))
    assert refusal(refused) in ("invalid_request", "invalid_request_object")


def test_ensure_unsigned_authorization_request_without_using_par_fails(fapi: FapiClient) -> None:
    answer = fapi.send(fapi.request(response_mode=None))
    assert fapi.refused(answer) in ("invalid_request", "invalid_request_object")


def test_ensure_redirect_uri_in_authorization_request(fapi: FapiClient) -> None:
    """And `ensure-request-object-without-redirect-uri-fails`."""
    assert refusal(fapi.push(fapi.request(redirect_uri=None))) in ("invalid_request", "invalid_request_object")


@pytest.mark.parametrize("response_type", ["code id_token", "token"])
def test_ensure_response_type_fails(fapi: FapiClient, response_type: str) -> None:
    """`ensure-response-type-code-idtoken-fails` and `ensure-response-type-token-fails`."""
    refused = fapi.push(fapi.request(response_type=response_type))
    assert refusal(refused) in ("unsupported_response_type", "invalid_request", "unauthorized_client")


# Negative tests of the token endpoint.


def test_ensure_client_id_in_token_endpoint(make_fapi: MakeFapiClient) -> None:
    first, second = make_fapi(), make_fapi(number=2)
    code = first.authorize()["code"]
    second.key, second.verifier = first.key, first.verifier
    assert refusal(second.redeem(code, client_id=second.client_id)) in ("invalid_client", "invalid_grant")
    tokens_of(first, first.redeem(code))


def test_ensure_holder_of_key_required(fapi: FapiClient) -> None:
    form = {"grant_type": "authorization_code", "code": fapi.authorize()["code"], "redirect_uri": fapi.redirect_uri}
    answer = fapi.token({**form, "code_verifier": fapi.verifier}, headers={})
    assert refusal(answer) in ("invalid_request", "invalid_grant", "invalid_dpop_proof")


def test_ensure_authorization_code_is_bound_to_client(make_fapi: MakeFapiClient) -> None:
    first, second = make_fapi(), make_fapi(number=2)
    code = first.authorize()["code"]
    second.verifier = first.verifier
    assert invalid_grant(second.redeem(code))
    tokens_of(first, first.redeem(code))


def test_attempt_reuse_authorization_code_after_one_second(fapi: FapiClient) -> None:
    code = fapi.authorize()["code"]
    tokens = tokens_of(fapi, fapi.redeem(code))
    fapi.provider.clock.advance(1)
    assert invalid_grant(fapi.redeem(code))
    assert fapi.resource(tokens["access_token"]).status_code == 401


def test_ensure_token_endpoint_fails_with_expired_auth_code(fapi: FapiClient) -> None:
    code = fapi.authorize()["code"]
    fapi.provider.clock.advance(65)
    assert invalid_grant(fapi.redeem(code))


# Refresh tokens.


def test_refresh_token(make_fapi: MakeFapiClient) -> None:
    assert "refresh_token" in make_fapi().metadata["grant_types_supported"]
    clients = (make_fapi(), make_fapi(number=2))
    for fapi in clients:
        tokens, first = signed_in(fapi, scope="openid offline_access", prompt="consent")
        bound_to = fapi.dpop_key
        # A new key: the refresh token of a client that authenticates is not bound to the old one (RFC 9449 5).
        fapi.dpop_key = signing.new_key("ES256")
        fapi.provider.clock.advance(1)
        refreshed = tokens_of(fapi, fapi.refresh(tokens["refresh_token"], scope="openid offline_access"))
        assert fapi.resource(refreshed["access_token"]).status_code == 200
        assert fapi.resource(tokens["access_token"]).status_code == 401
        again = id_token_of(fapi, refreshed)
        assert [again[name] for name in ("iss", "sub", "aud", "auth_time")] == [
            first[name] for name in ("iss", "sub", "aud", "auth_time")
        ]
        # No rotation (FAPI 2.0 5.3.2.1), so that a lost answer does no harm.
        assert refreshed.get("refresh_token", tokens["refresh_token"]) == tokens["refresh_token"]
        fapi.provider.clock.advance(30)
        tokens_of(fapi, fapi.refresh(tokens["refresh_token"]))
        proof = {"DPoP": fapi.signed_proof(fapi.proof("POST", "/token"))}
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        unknown = fapi.provider.browser().post("/token", data=form, headers=proof)
        assert refusal(unknown) in ("invalid_client", "invalid_grant", "invalid_request")
        bare = fapi.token({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}, headers={})
        assert bare.status_code == 400
        # Releases of the suite do not agree on `invalid_dpop_proof`.
        assert refusal(bare) in ("invalid_request", "invalid_grant")
        fapi.dpop_key = bound_to
    assert invalid_grant(clients[0].refresh(tokens["refresh_token"]))
