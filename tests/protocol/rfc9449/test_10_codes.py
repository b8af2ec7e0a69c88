"""Codes that are bound to a key (RFC 9449 10): by dpop_jkt, or by the proof that came with a pushed request (10.1)."""

import pytest
from werkzeug.test import TestResponse

from tests.protocol.possession import ProofKey, new_code
from tests.protocol.provider import REDIRECT_URI, Provider, RelyingParty, answer_of

KEY, OTHER = ProofKey(), ProofKey()


@pytest.fixture(scope="module")
def rp(module_provider: Provider) -> RelyingParty:
    return module_provider.register()


def _refused_and_not_burned(provider: Provider, rp: RelyingParty, code: str) -> None:
    for answer in (provider.redeem(rp, code), OTHER.redeem(provider, rp, code)):
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")
    assert KEY.redeem(provider, rp, code).status_code == 200


def test_10_a_code_for_one_key(module_provider: Provider, rp: RelyingParty) -> None:
    _refused_and_not_burned(module_provider, rp, new_code(module_provider, rp, dpop_jkt=KEY.jkt))


def test_10_through_a_signed_in_browser_that_comes_by_post(module_provider: Provider, rp: RelyingParty) -> None:
    browser = module_provider.sign_in(module_provider.people[0])
    answer = module_provider.authorize(browser, rp.request(dpop_jkt=KEY.jkt), "POST")
    _refused_and_not_burned(module_provider, rp, answer_of(answer)["code"])


@pytest.mark.parametrize(
    "jkt",
    ["x", KEY.jkt + "=", KEY.jkt[:-1], "é" * 43, KEY.jkt + "A"],
    ids=["short", "padded", "cut", "foreign", "long"],
)
def test_10_what_is_no_thumbprint(module_provider: Provider, rp: RelyingParty, jkt: str) -> None:
    browser = module_provider.sign_in(module_provider.people[0])
    answer = answer_of(module_provider.authorize(browser, rp.request(dpop_jkt=jkt)))
    assert answer["error"] == "invalid_request"


def test_10_1_a_proof_at_par_binds_the_code(module_provider: Provider, rp: RelyingParty) -> None:
    pushed = _push(module_provider, rp, KEY.proof(module_provider, "/par"))
    assert pushed.status_code == 201
    assert pushed.headers["DPoP-Nonce"]
    assert pushed.json.keys() == {"request_uri", "expires_in"}
    _refused_and_not_burned(module_provider, rp, _code(module_provider, rp, pushed.json["request_uri"]))


def test_10_1_both_must_name_one_key(module_provider: Provider, rp: RelyingParty) -> None:
    same = _push(module_provider, rp, KEY.proof(module_provider, "/par"), dpop_jkt=KEY.jkt)
    assert same.status_code == 201
    other = _push(module_provider, rp, OTHER.proof(module_provider, "/par"), dpop_jkt=KEY.jkt)
    assert (other.status_code, other.json["error"]) == (400, "invalid_request")


def test_10_1_a_wrong_proof_at_par(module_provider: Provider, rp: RelyingParty) -> None:
    used = KEY.proof(module_provider, "/par")
    assert _push(module_provider, rp, used).status_code == 201
    for proof in ("", "x", KEY.proof(module_provider), KEY.proof(module_provider, "/par", "GET"), used):
        answer = _push(module_provider, rp, proof)
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_dpop_proof")


def test_a_stranger_s_proof_is_not_used_up(module_provider: Provider, rp: RelyingParty) -> None:
    """Who cannot authenticate cannot spend what was overheard."""
    proof = KEY.proof(module_provider)
    form = {"grant_type": "authorization_code", "code": "x", "redirect_uri": REDIRECT_URI, "code_verifier": "v" * 43}
    stranger = RelyingParty(rp.client_id, "wrong")
    assert KEY.ask(module_provider, stranger, form, proof).json["error"] == "invalid_client"
    assert KEY.redeem(module_provider, rp, new_code(module_provider, rp), proof).status_code == 200


def _push(provider: Provider, rp: RelyingParty, proof: str, **changes: str) -> TestResponse:
    return provider.browser().post("/par", data=rp.request(**changes), headers={"DPoP": proof, **rp.basic})


def _code(provider: Provider, rp: RelyingParty, reference: str) -> str:
    asked = {"client_id": rp.client_id, "request_uri": reference}
    return answer_of(provider.authorize(provider.sign_in(provider.people[0]), asked))["code"]
