"""The modules about DPoP (RFC 9449) of the plans of FAPI 2.0: Security Profile Final and Message Signing Final."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.protocol.plans import signing
from tests.protocol.plans.fapi_client import FapiClient, refusal
from tests.protocol.plans.fapi_registration import MakeFapiClient
from tests.protocol.plans.token_checks import tokens_from, tokens_of

Twist = Callable[[FapiClient, dict[str, Any]], str]
OTHER = signing.new_key("ES256")


def test_check_dpop_proof_nbf_exp(fapi: FapiClient) -> None:
    """Claims that no check names are left alone, even ones that look like times."""
    tokens = tokens_from(fapi)
    now = fapi.provider.clock.now()
    for moments in ({"nbf": now - 60, "exp": now + 60}, {"nbf": now, "exp": now + 1}):
        claims = fapi.proof("GET", "/userinfo", tokens["access_token"], **moments)
        assert fapi.resource(tokens["access_token"], proof=fapi.signed_proof(claims)).status_code == 200


@pytest.mark.parametrize("seconds", [-10, 10])
def test_ensure_dpopproof_with_iat_10seconds_before_and_after_succeeds(fapi: FapiClient, seconds: int) -> None:
    moment = fapi.provider.clock.now() + seconds
    form = {"grant_type": "authorization_code", "code": fapi.authorize()["code"], "redirect_uri": fapi.redirect_uri}
    answer = fapi.post("/token", {**form, "code_verifier": fapi.verifier}, iat=moment)
    token = tokens_of(fapi, answer)["access_token"]
    claims = fapi.proof("GET", "/userinfo", token, iat=moment)
    assert fapi.resource(token, proof=fapi.signed_proof(claims)).status_code == 200


# The code's binding to a key (RFC 9449 10).


def test_ensure_mismatched_dpop_jkt_fails(fapi: FapiClient) -> None:
    fapi.binds_code = True
    answer = fapi.push(fapi.request(dpop_jkt=signing.thumbprint(OTHER)))
    assert refusal(answer) in ("invalid_request", "invalid_dpop_proof")


def test_ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt(fapi: FapiClient) -> None:
    fapi.binds_code = True
    code = fapi.authorize()["code"]
    fapi.dpop_key = OTHER
    assert refusal(fapi.redeem(code)) in ("invalid_grant", "invalid_dpop_proof", "invalid_request")


def test_ensure_token_endpoint_fails_with_mismatched_dpop_jkt(fapi: FapiClient) -> None:
    code = fapi.authorize(dpop_jkt=signing.thumbprint(OTHER))["code"]
    assert refusal(fapi.redeem(code)) in ("invalid_grant", "invalid_dpop_proof", "invalid_request")


def test_ensure_dpopproof_at_par_endpoint_binding_success(fapi: FapiClient) -> None:
    fapi.binds_code = True
    tokens_from(fapi)


def test_ensure_dpop_auth_code_binding_success(fapi: FapiClient) -> None:
    tokens_from(fapi, dpop_jkt=signing.thumbprint(fapi.dpop_key))
    fapi.binds_code = True
    tokens_from(fapi, dpop_jkt=signing.thumbprint(fapi.dpop_key))


# `dpop-negative-tests`: each case of the module, at the protected resource.


def _without(name: str) -> Twist:
    return lambda fapi, claims: fapi.signed_proof({key: value for key, value in claims.items() if key != name})


def _with(**changes: Any) -> Twist:
    return lambda fapi, claims: fapi.signed_proof({**claims, **changes})


def _headed(**header: Any) -> Twist:
    return lambda fapi, claims: fapi.signed_proof(claims, **header)


def _iat(seconds: int) -> Twist:
    return lambda fapi, claims: fapi.signed_proof({**claims, "iat": claims["iat"] + seconds})


def _private_key(fapi: FapiClient, claims: dict[str, Any]) -> str:
    return fapi.signed_proof(claims, jwk=fapi.dpop_key.as_dict(private=True))


def _without_alg(fapi: FapiClient, claims: dict[str, Any]) -> str:
    head, body, signature = fapi.signed_proof(claims).split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    header.pop("alg")
    changed = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return f"{changed}.{body}.{signature}"


def _rs256(fapi: FapiClient, claims: dict[str, Any]) -> str:
    return fapi.signed_proof(claims, signing.new_key("RS256"), alg="RS256")


def _none(fapi: FapiClient, claims: dict[str, Any]) -> str:
    return signing.unsigned(claims)


REFUSED: dict[str, Twist] = {
    "not_well_formed": lambda fapi, claims: fapi.signed_proof(claims).replace(".", ":"),
    "no_typ": _headed(typ=None),
    "other_typ": _headed(typ="JWT"),
    "no_alg": _without_alg,
    "no_jwk": _headed(jwk=None),
    "rs256": _rs256,
    "alg_none": _none,
    "bad_signature": lambda fapi, claims: signing.with_broken_signature(fapi.signed_proof(claims)),
    "private_key": _private_key,
    "no_jti": _without("jti"),
    "no_htm": _without("htm"),
    "other_htm": _with(htm="PUT"),
    "no_htu": _without("htu"),
    "other_htu": _with(htu="https://suite.example/userinfo"),
    "no_iat": _without("iat"),
    "an_hour_ago": _iat(-3_600),
    "in_an_hour": _iat(3_600),
    "no_ath": _without("ath"),
    "other_ath": _with(ath=signing.sha256("another token")),
    "other_key": lambda fapi, claims: fapi.signed_proof(claims, OTHER),
}


def test_dpop_negative_tests(fapi: FapiClient) -> None:
    token = tokens_from(fapi)["access_token"]
    for case, twist in REFUSED.items():
        # The suite forgets nonces here: with one that the provider gave, the client's clock would not matter (RFC 9449 11.1).
        fapi.nonce = ""
        answer = fapi.resource(token, proof=twist(fapi, fapi.proof("GET", "/userinfo", token)))
        assert answer.status_code in (400, 401), case
        assert answer.headers["WWW-Authenticate"].startswith("DPoP "), case
        assert 'algs="' in answer.headers["WWW-Authenticate"], case
    assert fapi.resource(token).status_code == 200


def test_dpop_negative_tests_bearer_and_two_proofs(fapi: FapiClient) -> None:
    token = tokens_from(fapi)["access_token"]
    browser = fapi.provider.browser()
    proofs = [fapi.signed_proof(fapi.proof("GET", "/userinfo", token)) for _ in range(2)]
    two = [("Authorization", f"DPoP {token}"), *(("DPoP", proof) for proof in proofs)]
    assert browser.get("/userinfo", headers=two).status_code in (400, 401)
    assert browser.get("/userinfo", headers={"Authorization": f"DPoP {token}"}).status_code in (400, 401)
    assert browser.get("/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code in (400, 401)
    proof = fapi.signed_proof(fapi.proof("GET", "/userinfo", token))
    as_bearer = {"Authorization": f"Bearer {token}", "DPoP": proof}
    assert browser.get("/userinfo", headers=as_bearer).status_code in (400, 401)


def test_dpop_negative_tests_what_must_pass(fapi: FapiClient) -> None:
    """Query and fragment are ignored, and an address is normalised as RFC 3986 6.2.2 and 6.2.3 say (RFC 9449 4.3)."""
    token = tokens_from(fapi)["access_token"]
    here = fapi.proof("GET", "/userinfo", token)["htu"]
    addresses = (f"{here}?query=1#part", f"{here}#part", here.replace("http://localhost", "HTTP://LOCALHOST"))
    for htu in (*addresses, here.replace("userinfo", "%75serinfo")):
        claims = fapi.proof("GET", "/userinfo", token, htu=htu)
        assert fapi.resource(token, proof=fapi.signed_proof(claims)).status_code == 200, htu
    claims = fapi.proof("GET", "/userinfo", token, extra="claim", more={"a": [1]})
    assert fapi.resource(token, proof=fapi.signed_proof(claims, extra="header")).status_code == 200
    first, second = (fapi.proof("GET", "/userinfo", token, jti="fixed-jti-of-the-suite") for _ in range(2))
    assert fapi.resource(token, proof=fapi.signed_proof(first)).status_code == 200
    assert fapi.resource(token, proof=fapi.signed_proof(second)).status_code in (400, 401)


def test_happy_flow_with_each_algorithm(make_fapi: MakeFapiClient) -> None:
    for alg in make_fapi().metadata["dpop_signing_alg_values_supported"]:
        if alg != "Ed25519":
            fapi = make_fapi()
            fapi.dpop_key = signing.new_key(alg)
            tokens_from(fapi)
