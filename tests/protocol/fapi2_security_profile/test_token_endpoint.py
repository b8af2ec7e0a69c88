"""FAPI 2.0 Security Profile Final, the clauses of the token endpoint and the resources (5.3.2.1, 5.3.2.2, 5.3.4, 5.4.1).

The flows from end to end stand in `tests/protocol/plans`.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

from tests.protocol.possession import ProofKey
from tests.protocol.provider import REDIRECT_URI, VERIFIER, Provider, RelyingParty, answer_of, bearer, claims_of

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(repr=False)
class Fapi:
    """A client as the profile has it: private_key_jwt, pushed requests, tokens bound to a key."""

    provider: Provider
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "k"}))
    proofs: ProofKey = field(default_factory=ProofKey)
    client_id: str = ""

    def __post_init__(self) -> None:
        registered = self.provider.register(
            token_endpoint_auth_method="private_key_jwt",
            jwks={"keys": [self.key.as_dict(private=False)]},
            require_pushed_authorization_requests=True,
            dpop_bound_access_tokens=True,
            grant_types=["authorization_code", "refresh_token", "client_credentials"],
        )
        self.client_id = registered.client_id

    def assertion(self, **changes: Any) -> dict[str, str]:
        """Return the parameters that authenticate."""
        now = self.provider.clock.now()
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.provider.issuer,
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(8),
            **changes,
        }
        signed = jwt.encode({"alg": "ES256", "kid": "k"}, claims, self.key, algorithms=["ES256"])
        return {"client_assertion": signed, "client_assertion_type": ASSERTION_TYPE}

    def code(self, proof: str = "", **changes: str) -> str:
        """Return a code that came of a pushed request."""
        rp = RelyingParty(self.client_id, None)
        headers = {"DPoP": proof} if proof else {}
        form = rp.request(**changes) | self.assertion()
        pushed = self.provider.browser().post("/par", data=form, headers=headers)
        assert pushed.status_code == 201, pushed.text
        assert pushed.json["expires_in"] < 600
        asked = {"client_id": self.client_id, "request_uri": pushed.json["request_uri"]}
        browser = self.provider.sign_in(self.provider.people[0])
        return answer_of(self.provider.authorize(browser, asked))["code"]

    def token(self, proof: str | None = None, assertion: dict[str, str] | None = None, **form: str) -> TestResponse:
        """Ask the token endpoint, with a proof and an assertion of its own unless others are given."""
        proof = self.proofs.proof(self.provider) if proof is None else proof
        sent = form | (self.assertion() if assertion is None else assertion)
        return self.provider.token(sent, {"DPoP": proof} if proof else {})

    def redeem(self, code: str, **more: Any) -> TestResponse:
        """Redeem a code."""
        return self.token(
            grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI, code_verifier=VERIFIER, **more
        )


@pytest.fixture(scope="module")
def fapi(module_provider: Provider) -> Fapi:
    return Fapi(module_provider)


def _is_error(answer: TestResponse, error: str, status: int = 400) -> None:
    assert (answer.status_code, answer.json["error"]) == (status, error), answer.text
    assert answer.json.keys() == {"error", "error_description"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_5_3_2_1_2_no_password_grant(module_provider: Provider, fapi: Fapi) -> None:
    _is_error(fapi.token(grant_type="password", username="a", password="b"), "unsupported_grant_type")
    document = module_provider.browser().get("/.well-known/openid-configuration").json
    assert "password" not in document["grant_types_supported"]


def test_5_3_2_1_4_only_sender_constrained_tokens(fapi: Fapi) -> None:
    _is_error(fapi.token(proof="", grant_type="client_credentials"), "invalid_request")
    code = fapi.code()
    _is_error(fapi.redeem(code, proof=""), "invalid_request")
    answer = fapi.redeem(code)
    assert answer.status_code == 200, answer.text
    assert answer.json["token_type"] == "DPoP"
    assert claims_of(answer.json["access_token"])["cnf"] == {"jkt": fapi.proofs.jkt}
    _is_error(
        fapi.token(proof="", grant_type="refresh_token", refresh_token=answer.json["refresh_token"]),
        "invalid_request",
    )


def test_5_3_2_1_6_the_one_way_to_authenticate(module_provider: Provider, fapi: Fapi) -> None:
    for assertion in ({"client_id": fapi.client_id}, {"client_id": fapi.client_id, "client_secret": "x" * 43}):
        _is_error(fapi.token(assertion=assertion, grant_type="client_credentials"), "invalid_client", 401)


def test_5_3_2_1_8_the_issuer_alone_is_the_audience(module_provider: Provider, fapi: Fapi) -> None:
    issuer = module_provider.issuer
    for audience in (issuer + "/token", [issuer], [issuer, issuer + "/token"], issuer + "/", "", 1):
        refused = fapi.token(assertion=fapi.assertion(aud=audience), grant_type="client_credentials")
        _is_error(refused, "invalid_client", 401)


def test_5_3_2_1_9_no_rotation(fapi: Fapi) -> None:
    first = fapi.redeem(fapi.code()).json["refresh_token"]
    for _ in range(3):
        answer = fapi.token(grant_type="refresh_token", refresh_token=first)
        assert answer.status_code == 200
        assert answer.json["refresh_token"] == first


def test_5_3_2_1_11_a_code_lives_a_minute_at_most(provider: Provider) -> None:
    provider.people.append(provider.person())
    fapi = Fapi(provider)
    code = fapi.code()
    provider.clock.advance(60)
    _is_error(fapi.redeem(code), "invalid_grant")


def test_5_3_2_1_12_codes_bound_to_the_key(module_provider: Provider, fapi: Fapi) -> None:
    other = ProofKey()
    by_name = fapi.code(dpop_jkt=fapi.proofs.jkt)
    by_proof = fapi.code(proof=fapi.proofs.proof(module_provider, "/par"))
    for code in (by_name, by_proof):
        _is_error(fapi.redeem(code, proof=other.proof(module_provider)), "invalid_grant")
        assert fapi.redeem(code).status_code == 200


@pytest.mark.parametrize(("offset", "is_accepted"), [(10, True), (0, True), (-10, True), (61, False), (90, False)])
def test_5_3_2_1_13_clocks_that_are_a_little_off(
    module_provider: Provider, fapi: Fapi, offset: int, is_accepted: bool
) -> None:
    moment = module_provider.clock.now() + offset
    proof = fapi.proofs.proof(module_provider, iat=moment)
    assert (fapi.token(proof=proof, grant_type="client_credentials").status_code == 200) is is_accepted
    for name in ("iat", "nbf"):
        assertion = fapi.assertion(**{name: moment, "exp": max(moment, module_provider.clock.now()) + 60})
        answer = fapi.token(assertion=assertion, grant_type="client_credentials")
        assert (answer.status_code == 200) is is_accepted


def test_5_3_2_1_14_no_more_than_was_granted(fapi: Fapi) -> None:
    token = fapi.redeem(fapi.code(scope="openid email")).json["refresh_token"]
    less = fapi.token(grant_type="refresh_token", refresh_token=token, scope="openid")
    assert claims_of(less.json["access_token"])["scope"] == "openid"
    _is_error(fapi.token(grant_type="refresh_token", refresh_token=token, scope="openid profile"), "invalid_scope")


def test_5_3_2_2_9_a_code_works_once_and_its_tokens_end_with_a_second_use(
    module_provider: Provider, fapi: Fapi
) -> None:
    code = fapi.code()
    tokens = fapi.redeem(code).json
    _is_error(fapi.redeem(code), "invalid_grant")
    assert fapi.proofs.userinfo(module_provider, tokens["access_token"]).status_code == 401
    again = fapi.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    _is_error(again, "invalid_grant")


def test_5_3_2_2_9_another_client_s_code_is_refused_and_stays_good(module_provider: Provider, fapi: Fapi) -> None:
    code = fapi.code()
    _is_error(Fapi(module_provider).redeem(code), "invalid_grant")
    assert fapi.redeem(code).status_code == 200


def test_5_3_4_tokens_at_a_resource(module_provider: Provider, fapi: Fapi) -> None:
    token = fapi.redeem(fapi.code()).json["access_token"]
    browser = module_provider.browser()
    proof = fapi.proofs.proof(module_provider, "/userinfo", "GET", token=token)
    in_query = browser.get("/userinfo", query_string={"access_token": token}, headers={"DPoP": proof})
    assert (in_query.status_code, in_query.json["error"]) == (400, "invalid_request")
    assert browser.get("/userinfo", headers=bearer(token)).status_code == 401
    assert fapi.proofs.userinfo(module_provider, token, proof).status_code == 200


@pytest.mark.parametrize("alg", ["RS256"])
def test_5_4_1_algorithms(module_provider: Provider, fapi: Fapi, alg: str) -> None:
    proof = ProofKey.rsa(alg=alg).proof(module_provider)
    _is_error(fapi.token(proof=proof, grant_type="client_credentials"), "invalid_dpop_proof")


def test_what_is_not_offered_is_not_advertised(module_provider: Provider, fapi: Fapi) -> None:
    document = module_provider.browser().get("/.well-known/openid-configuration").json
    assert not {name for name in document if name.startswith(("tls_client", "mtls", "authorization_details"))}
    exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    assert exchange not in document["grant_types_supported"]
    refused = fapi.token(grant_type=exchange, subject_token="x", subject_token_type="x")
    _is_error(refused, "unsupported_grant_type")
