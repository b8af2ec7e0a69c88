"""Generated DPoP proofs and resources: never 5xx, never accepted when anything that counts was changed."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.protocol.possession import LEFT_OUT, ProofKey, new_code
from tests.protocol.provider import Provider, RelyingParty

KEY = ProofKey()
present = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["\ud800", "x" * 9_000, "none", "HS256", "http://[::1", "http://localhost:8080/token\x00", 10**400]
    ),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)
odd = st.one_of(st.just(LEFT_OUT), present)
MEMBERS = ["kty", "crv", "x", "y", "n", "e", "d", "k", "alg", "use", "key_ops"]
keys = st.dictionaries(st.sampled_from(MEMBERS), present, max_size=5)
generated = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def rp(module_provider: Provider) -> RelyingParty:
    return module_provider.register()


@pytest.fixture(scope="module")
def token(module_provider: Provider, rp: RelyingParty) -> str:
    return str(KEY.redeem(module_provider, rp, new_code(module_provider, rp)).json["access_token"])


@generated
@given(
    header=st.dictionaries(
        st.sampled_from(["typ", "alg", "jwk", "kid", "crit", "b64"]), st.one_of(odd, keys), max_size=2
    ),
    claims=st.dictionaries(st.sampled_from(["jti", "htm", "htu", "iat", "ath", "nonce", "exp"]), odd, max_size=3),
    members=keys,
)
def test_no_proof_breaks_anything(
    module_provider: Provider,
    rp: RelyingParty,
    token: str,
    header: dict[str, Any],
    claims: dict[str, Any],
    members: dict[str, Any],
) -> None:
    shown = {**KEY.key.as_dict(private=False), **members}
    changed = {"jwk": shown, **header} if members else header
    proof = KEY.proof(module_provider, header=changed, **claims)
    answer = KEY.redeem(module_provider, rp, "x", proof)
    assert answer.json["error"] in ("invalid_dpop_proof", "invalid_grant", "use_dpop_nonce"), answer.text
    at_userinfo = KEY.proof(module_provider, "/userinfo", "GET", token=token, header=changed, **claims)
    assert KEY.userinfo(module_provider, token, at_userinfo).status_code in (200, 401)


@generated
@given(text=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80))
def test_no_header_breaks_anything(module_provider: Provider, rp: RelyingParty, token: str, text: str) -> None:
    assert KEY.redeem(module_provider, rp, "x", text).json["error"] == "invalid_dpop_proof"
    assert KEY.userinfo(module_provider, token, text).status_code == 401


@generated
@given(resources=st.lists(st.text(max_size=30), min_size=1, max_size=4))
def test_no_resource_breaks_anything(module_provider: Provider, rp: RelyingParty, resources: list[str]) -> None:
    form = {"grant_type": "client_credentials", "resource": [text.encode("utf-8", "replace") for text in resources]}
    answer = module_provider.browser().post("/token", data=form, headers=rp.basic)
    assert answer.status_code == 400
    browser = module_provider.sign_in(module_provider.people[0])
    asked = browser.get("/authorize", query_string={**rp.request(), "resource": resources})
    assert asked.status_code in (303, 400)
