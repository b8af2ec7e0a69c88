"""The API of Appeals: RFC 9068 tokens for it alone, RFC 9470 challenges, RFC 9449 proofs."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

from clients.appeals.app import create_app
from clients.rp_kit import RelyingPartySettings
from tests.clients.api_tokens import (
    CALLER,
    CASES,
    MFA,
    RESOURCE,
    access_token,
    bearer,
    bound,
    dpop,
    proof,
    token_claims,
)
from tests.clients.conftest import AtOurAddress
from tests.clients.peer import PSS_KEY, Peer, signed
from tests.servers.clock import HandClock

FILING = {
    "kind": "payment",
    "reference": "CLM-2026-70001",
    "decided_on": "2026-11-02",
    "reason": "The claim was priced with the schedule of last year.",
    "filing_key": "one",
}
ALGS = 'algs="ES256 EdDSA PS256"'


@pytest.fixture
def api(relying: RelyingPartySettings, clock: HandClock) -> FlaskClient:
    """The API, as MMIS's server calls it."""
    app = create_app(replace(relying, name="appeals"), api_clients=frozenset({CALLER}), now=clock.now)
    return AtOurAddress(app, app.response_class)


def refusal(answer: TestResponse) -> tuple[int, str, str]:
    """Return status, error and the two challenges."""
    assert answer.headers["Cache-Control"] == "no-store"
    one, two = answer.headers.getlist("WWW-Authenticate")
    assert two == one.replace("Bearer ", "DPoP ") + f", {ALGS}"
    return answer.status_code, (answer.json or {})["error"], one


def test_reading_needs_no_more_than_a_sign_in(api: FlaskClient, peer: Peer) -> None:
    answer = api.get(CASES, headers=bearer(access_token(peer)))
    assert (answer.status_code, answer.json) == (200, {"cases": []})


def test_a_person_sees_what_they_filed_and_nobody_else_does(api: FlaskClient, peer: Peer) -> None:
    strong = bearer(access_token(peer, acr=MFA))
    filed = api.post(CASES, json=FILING, headers=strong)
    assert filed.status_code == 201
    assert set(filed.json or {}) == {"number", "kind", "reference", "decided_on", "state", "filed_at"}
    assert api.post(CASES, json=FILING, headers=strong).json == filed.json, "the same form files once"
    assert api.get(CASES, headers=strong).json == {"cases": [filed.json]}
    assert api.get(CASES, headers=bearer(access_token(peer, sub="another"))).json == {"cases": []}


def test_two_filings_without_a_key_are_two(api: FlaskClient, peer: Peer) -> None:
    """A caller that sends none must not be told that its second appeal is filed when it is not."""
    strong = bearer(access_token(peer, acr=MFA))
    keyless = {name: value for name, value in FILING.items() if name != "filing_key"}
    numbers = [api.post(CASES, json=keyless | {"reference": f"CLM-{n}"}, headers=strong).json["number"] for n in (1, 2)]  # type: ignore[index]
    assert len(set(numbers)) == 2


def test_rfc6750_3_without_a_token_no_error_is_told(api: FlaskClient) -> None:
    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}):
        assert refusal(api.get(CASES, headers=headers)) == (401, "invalid_request", 'Bearer realm="mes"')


@pytest.mark.parametrize(
    ("claim", "changes"),
    [
        ("iss", {"iss": "https://elsewhere.example"}),
        ("aud", {"aud": "https://elsewhere.example/api"}),
        ("aud", {"aud": None}),
        ("exp", {"exp": 1}),
        ("exp", {"exp": None}),
        ("iat", {"iat": 99_999_999_999}),
        ("iat", {"iat": None}),
        ("sub", {"sub": None}),
        ("client_id", {"client_id": None}),
        ("jti", {"jti": None}),
        ("scope", {"scope": ["mes"]}),
        ("auth_time", {"auth_time": "yesterday"}),
        ("cnf", {"cnf": {"x5t#S256": "bound-to-a-certificate"}}),
        ("cnf", {"cnf": "bound"}),
        ("typ", {"typ": "JWT"}),
        ("typ", {"typ": "logout+jwt"}),
    ],
)
def test_rfc9068_4_a_token_that_does_not_hold_is_refused(
    api: FlaskClient, peer: Peer, claim: str, changes: dict[str, Any]
) -> None:
    status, error, challenge = refusal(api.get(CASES, headers=bearer(access_token(peer, **changes))))
    assert (status, error) == (401, "invalid_token")
    words = f"the token or its proof does not hold: {claim}"
    assert challenge == f'Bearer realm="mes", error="invalid_token", error_description="{words}"'


def test_rfc9068_4_an_audience_of_several_may_hold_us(api: FlaskClient, peer: Peer) -> None:
    both = ["https://elsewhere.example/api", RESOURCE]
    assert api.get(CASES, headers=bearer(access_token(peer, aud=both))).status_code == 200


@pytest.mark.parametrize("alg", ["none", "HS256", "ES256K"])
def test_rfc9068_4_a_header_of_another_algorithm_is_refused(api: FlaskClient, peer: Peer, alg: str) -> None:
    _, claims, signature = access_token(peer).split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": alg, "typ": "at+jwt"}).encode()).rstrip(b"=").decode()
    forged = f"{header}.{claims}.{'' if alg == 'none' else signature}"
    assert refusal(api.get(CASES, headers=bearer(forged)))[:2] == (401, "invalid_token")


def test_an_algorithm_that_is_not_on_our_list_is_refused_though_the_key_is_the_providers(
    api: FlaskClient, peer: Peer
) -> None:
    signed_otherwise = signed(token_claims(peer), key=PSS_KEY, typ="at+jwt")
    assert refusal(api.get(CASES, headers=bearer(signed_otherwise)))[:2] == (401, "invalid_token")


def test_keys_that_rotated_in_are_found(api: FlaskClient, peer: Peer) -> None:
    assert api.get(CASES, headers=bearer(access_token(peer))).status_code == 200
    new = ECKey.generate_key("P-256", {"kid": "ec-2", "use": "sig", "alg": "ES256"})
    peer.keys = [new]
    renewed = signed(token_claims(peer), key=new, typ="at+jwt")
    assert api.get(CASES, headers=bearer(renewed)).status_code == 200
    assert refusal(api.get(CASES, headers=bearer(access_token(peer))))[:2] == (401, "invalid_token"), "its key is gone"


def test_another_client_may_not_call(api: FlaskClient, peer: Peer) -> None:
    answer = api.get(CASES, headers=bearer(access_token(peer, client_id="somebody-else")))
    assert refusal(answer)[:2] == (403, "insufficient_scope")


def test_rfc6750_3_1_a_scope_that_lacks_is_named(api: FlaskClient, peer: Peer) -> None:
    status, error, challenge = refusal(api.get(CASES, headers=bearer(access_token(peer, scope="openid"))))
    assert (status, error) == (403, "insufficient_scope")
    assert challenge.endswith('error_description="the token lacks a scope", scope="mes"')


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("a stronger sign-in is needed", {"acr": "urn:mes:acr:passcode"}),
        ("a stronger sign-in is needed", {"acr": None}),
        ("a stronger sign-in is needed", {"acr": ["urn:mes:acr:mfa"]}),
        ("a more recent sign-in is needed", {"acr": MFA, "auth_time": -361}),
        ("a more recent sign-in is needed", {"acr": MFA, "auth_time": None}),
    ],
)
def test_rfc9470_3_the_challenge_says_what_would_do(
    api: FlaskClient, peer: Peer, reason: str, changes: dict[str, Any]
) -> None:
    if isinstance(changes.get("auth_time"), int):
        changes = changes | {"auth_time": peer.clock.now() + changes["auth_time"]}
    status, error, challenge = refusal(api.post(CASES, json=FILING, headers=bearer(access_token(peer, **changes))))
    assert (status, error) == (401, "insufficient_user_authentication")
    assert challenge == (
        f'Bearer realm="mes", error="insufficient_user_authentication", error_description="{reason}", '
        'acr_values="urn:mes:acr:mfa", max_age="300"'
    )
    assert api.get(CASES, headers=bearer(access_token(peer, acr=MFA))).json == {"cases": []}, "nothing was filed"


@pytest.mark.parametrize("acr", [MFA, "urn:mes:acr:phishing-resistant"])
def test_a_stronger_level_is_as_good(api: FlaskClient, peer: Peer, acr: str) -> None:
    assert api.post(CASES, json=FILING, headers=bearer(access_token(peer, acr=acr))).status_code == 201


def test_a_clock_behind_the_providers_makes_no_sign_in_younger(
    relying: RelyingPartySettings, peer: Peer, clock: HandClock
) -> None:
    app = create_app(
        replace(relying, name="appeals", clock_ahead_seconds=3_600), api_clients=frozenset({CALLER}), now=clock.now
    )
    ahead = clock.now() + 1_800
    old = access_token(peer, acr=MFA, auth_time=ahead - 1_000, iat=ahead, exp=ahead + 300)
    answer = AtOurAddress(app, app.response_class).post(CASES, json=FILING, headers=bearer(old))
    assert refusal(answer)[:2] == (401, "insufficient_user_authentication")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        (FILING | {"kind": "other"}, 422),
        (FILING | {"reason": 5}, 400),
        ([FILING], 400),
        (None, 400),
    ],
)
def test_a_body_that_cannot_be_filed(api: FlaskClient, peer: Peer, body: object, status: int) -> None:
    assert api.post(CASES, json=body, headers=bearer(access_token(peer, acr=MFA))).status_code == status


def test_a_body_without_end_is_refused_too(api: FlaskClient, peer: Peer) -> None:
    headers = bearer(access_token(peer, acr=MFA)) | {"Content-Type": "application/json"}
    assert api.post(CASES, data=b"[" * 60_000, headers=headers).status_code == 400


def test_the_provider_away_is_no_refusal(relying: RelyingPartySettings, peer: Peer, clock: HandClock) -> None:
    app = create_app(replace(relying, name="appeals"), api_clients=frozenset({CALLER}), now=clock.now)
    token = access_token(peer)
    peer.is_away = True
    answer = AtOurAddress(app, app.response_class).get(CASES, headers=bearer(token))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def test_without_callers_there_is_no_api(appeals: Any, peer: Peer) -> None:
    answer = AtOurAddress(appeals, appeals.response_class).get(CASES, headers=bearer(access_token(peer)))
    assert answer.status_code == 404


def test_rfc9449_7_1_a_bound_token_works_with_its_proof_once(api: FlaskClient, peer: Peer) -> None:
    token = bound(peer)
    headers = dpop(peer, token)
    assert api.get(CASES, headers=headers).status_code == 200
    assert refusal(api.get(CASES, headers=headers))[:2] == (401, "invalid_token"), "a proof works once"
    assert api.get(CASES, headers=dpop(peer, token)).status_code == 200


def test_rfc9449_7_1_a_bound_token_is_no_bearer_token_nor_the_reverse(api: FlaskClient, peer: Peer) -> None:
    assert refusal(api.get(CASES, headers=bearer(bound(peer))))[:2] == (401, "invalid_token")
    assert refusal(api.get(CASES, headers=dpop(peer, access_token(peer))))[:2] == (401, "invalid_token")


@pytest.mark.parametrize(
    "changes",
    [
        {"key": ECKey.generate_key("P-256")},
        {"typ": "JWT"},
        {"htm": "POST"},
        {"htu": "https://elsewhere.example/appeals/api/cases"},
        {"htu": None},
        {"iat": 1},
        {"ath": "of-another-token"},
        {"ath": None},
        {"jti": None},
    ],
)
def test_rfc9449_4_3_a_proof_that_does_not_hold(api: FlaskClient, peer: Peer, changes: dict[str, Any]) -> None:
    assert refusal(api.get(CASES, headers=dpop(peer, bound(peer), **changes)))[:2] == (401, "invalid_token")


def test_rfc9449_4_3_query_and_case_of_the_host_do_not_count(api: FlaskClient, peer: Peer) -> None:
    headers = dpop(peer, bound(peer), htu=f"{RESOURCE.replace('localhost', 'LOCALHOST')}/cases?page=1")
    assert api.get(f"{CASES}?page=2", headers=headers).status_code == 200


def test_rfc9449_4_3_two_proofs_are_none(api: FlaskClient, peer: Peer) -> None:
    token = bound(peer)
    headers = [("Authorization", f"DPoP {token}"), ("DPoP", proof(peer, token)), ("DPoP", proof(peer, token))]
    assert refusal(api.get(CASES, headers=headers))[:2] == (401, "invalid_token")


def test_a_private_key_in_a_proof_is_refused(api: FlaskClient, peer: Peer) -> None:
    assert refusal(api.get(CASES, headers=dpop(peer, bound(peer), shows_private_key=True)))[:2] == (
        401,
        "invalid_token",
    )
