"""Tokens that are bound to a key (RFC 9449 5 to 7): who gets them, who can use them, and what a confused pair spends: nothing."""

from typing import Any

import pytest

from tests.protocol.possession import ProofKey, new_code
from tests.protocol.provider import Provider, RelyingParty, bearer, claims_of

KEY, OTHER = ProofKey(), ProofKey()
REFRESHING = {"grant_types": ["authorization_code", "refresh_token"]}
BOTH = ', DPoP realm="mes", algs="ES256 PS256 EdDSA Ed25519"'


@pytest.fixture(scope="module")
def public(module_provider: Provider) -> RelyingParty:
    return module_provider.register(token_endpoint_auth_method="none", **REFRESHING)


@pytest.fixture(scope="module")
def confidential(module_provider: Provider) -> RelyingParty:
    return module_provider.register(**REFRESHING)


def _tokens(provider: Provider, rp: RelyingParty, key: ProofKey = KEY) -> dict[str, Any]:
    answer = key.redeem(provider, rp, new_code(provider, rp))
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def test_5_without_a_proof_tokens_are_as_ever(module_provider: Provider, confidential: RelyingParty) -> None:
    answer = module_provider.redeem(confidential, new_code(module_provider, confidential))
    assert answer.json["token_type"] == "Bearer"
    assert "cnf" not in claims_of(answer.json["access_token"])
    assert "DPoP-Nonce" not in answer.headers


def test_5_a_public_client_s_refresh_token_needs_the_key(module_provider: Provider, public: RelyingParty) -> None:
    tokens = _tokens(module_provider, public)
    for answer in (
        module_provider.refresh(public, tokens["refresh_token"]),
        OTHER.refresh(module_provider, public, tokens["refresh_token"]),
    ):
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")
    again = KEY.refresh(module_provider, public, tokens["refresh_token"])
    assert again.status_code == 200
    assert again.json.keys() == {"access_token", "token_type", "expires_in", "scope", "id_token", "refresh_token"}
    assert claims_of(again.json["access_token"])["cnf"] == {"jkt": KEY.jkt}


def test_5_a_spent_token_ends_the_family_only_for_the_key(module_provider: Provider, public: RelyingParty) -> None:
    first = _tokens(module_provider, public)["refresh_token"]
    second = KEY.refresh(module_provider, public, first).json["refresh_token"]
    assert OTHER.refresh(module_provider, public, first).json["error"] == "invalid_grant"
    third = KEY.refresh(module_provider, public, second)
    assert third.status_code == 200
    assert KEY.refresh(module_provider, public, first).json["error"] == "invalid_grant"
    assert KEY.refresh(module_provider, public, third.json["refresh_token"]).json["error"] == "invalid_grant"


def test_5_a_proof_at_a_refresh_binds_what_comes_of_it(module_provider: Provider, public: RelyingParty) -> None:
    unbound = module_provider.redeem(public, new_code(module_provider, public)).json["refresh_token"]
    bound = KEY.refresh(module_provider, public, unbound)
    assert bound.json["token_type"] == "DPoP"
    token = bound.json["refresh_token"]
    assert module_provider.refresh(public, token).json["error"] == "invalid_grant"
    assert OTHER.refresh(module_provider, public, token).json["error"] == "invalid_grant"
    assert KEY.refresh(module_provider, public, token).status_code == 200


def test_5_a_thief_s_key_does_not_hide_that_a_token_was_used_twice(
    module_provider: Provider, public: RelyingParty
) -> None:
    stolen = module_provider.redeem(public, new_code(module_provider, public)).json["refresh_token"]
    taken = OTHER.refresh(module_provider, public, stolen).json["refresh_token"]
    # The owner, who has no key, comes with the same token: RFC 9700 4.14.2 ends the family.
    assert module_provider.refresh(public, stolen).json["error"] == "invalid_grant"
    assert OTHER.refresh(module_provider, public, taken).json["error"] == "invalid_grant"


def test_5_a_confidential_client_may_change_its_key(module_provider: Provider, confidential: RelyingParty) -> None:
    tokens = _tokens(module_provider, confidential)
    again = OTHER.refresh(module_provider, confidential, tokens["refresh_token"])
    assert again.status_code == 200
    assert claims_of(again.json["access_token"])["cnf"] == {"jkt": OTHER.jkt}


def test_5_2_who_must_bind_cannot_do_without(module_provider: Provider) -> None:
    rp = module_provider.register(
        dpop_bound_access_tokens=True,
        grant_types=["authorization_code", "refresh_token", "client_credentials"],
    )
    code = new_code(module_provider, rp)
    without = module_provider.redeem(rp, code)
    assert (without.status_code, without.json["error"]) == (400, "invalid_request")
    tokens = KEY.redeem(module_provider, rp, code).json
    assert tokens["token_type"] == "DPoP"
    assert module_provider.refresh(rp, tokens["refresh_token"]).json["error"] == "invalid_request"
    by_itself = module_provider.token({"grant_type": "client_credentials"}, rp.basic)
    assert by_itself.json["error"] == "invalid_request"
    bound = KEY.ask(module_provider, rp, {"grant_type": "client_credentials"})
    assert bound.json["token_type"] == "DPoP"
    assert claims_of(bound.json["access_token"])["cnf"] == {"jkt": KEY.jkt}


def test_7_1_a_bound_token_as_bearer(module_provider: Provider, confidential: RelyingParty) -> None:
    token = _tokens(module_provider, confidential)["access_token"]
    browser = module_provider.browser()
    by_body = browser.post("/userinfo", data={"access_token": token})
    with_proof = browser.get(
        "/userinfo",
        headers={**bearer(token), "DPoP": KEY.proof(module_provider, "/userinfo", "GET", token=token)},
    )
    for answer in (module_provider.userinfo(token), by_body, with_proof):
        assert answer.status_code == 401
        assert answer.json["error"] == "invalid_token"
        told = answer.headers["WWW-Authenticate"]
        assert told.startswith('Bearer realm="mes", error="invalid_token"')
        assert told.endswith(BOTH)
    assert KEY.userinfo(module_provider, token).status_code == 200


def test_7_1_an_unbound_token_as_dpop(module_provider: Provider, confidential: RelyingParty) -> None:
    token = module_provider.redeem(confidential, new_code(module_provider, confidential)).json["access_token"]
    answer = KEY.userinfo(module_provider, token)
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"].startswith('DPoP realm="mes"')
    assert module_provider.userinfo(token).status_code == 200


def test_7_1_a_bound_token_with_no_proof_or_another_key(module_provider: Provider, confidential: RelyingParty) -> None:
    token = _tokens(module_provider, confidential)["access_token"]
    without = module_provider.browser().get("/userinfo", headers={"Authorization": f"DPoP {token}"})
    assert (without.status_code, without.json["error"]) == (401, "invalid_dpop_proof")
    assert without.headers["DPoP-Nonce"]
    thief = OTHER.userinfo(module_provider, token)
    assert (thief.status_code, thief.json["error"]) == (401, "invalid_token")
    for scheme in ("dpop", "DPOP"):
        proof = KEY.proof(module_provider, "/userinfo", "GET", token=token)
        headers = {"Authorization": f"{scheme} {token}", "dpop": proof}
        assert module_provider.browser().get("/userinfo?a=b", headers=headers).status_code == 200


def test_7_1_one_token_for_each_key(module_provider: Provider, confidential: RelyingParty) -> None:
    mine = _tokens(module_provider, confidential)["access_token"]
    proof = KEY.proof(module_provider, "/userinfo", "GET", token=mine)
    other = _tokens(module_provider, confidential)["access_token"]
    assert KEY.userinfo(module_provider, other, proof).json["error"] == "invalid_dpop_proof"
    assert KEY.userinfo(module_provider, mine, proof).status_code == 200


def test_a_post_to_userinfo_is_another_method(module_provider: Provider, confidential: RelyingParty) -> None:
    token = _tokens(module_provider, confidential)["access_token"]
    for method, status in (("GET", 401), ("POST", 200)):
        headers = {
            "Authorization": f"DPoP {token}",
            "DPoP": KEY.proof(module_provider, "/userinfo", method, token=token),
        }
        assert module_provider.browser().post("/userinfo", headers=headers).status_code == status


def test_a_bound_token_can_be_given_back(module_provider: Provider, confidential: RelyingParty) -> None:
    token = _tokens(module_provider, confidential)["access_token"]
    given = module_provider.browser().post("/revoke", data={"token": token}, headers=confidential.basic)
    assert given.status_code == 200
    assert KEY.userinfo(module_provider, token).json["error"] == "invalid_token"


def test_scim_takes_bound_tokens_and_their_proofs(module_provider: Provider) -> None:
    machine = module_provider.register(grant_types=["client_credentials"], scope="scim", module="mmis")
    asked = {"grant_type": "client_credentials", "scope": "scim"}
    token = KEY.ask(module_provider, machine, asked).json["access_token"]
    path = "/scim/v2/ServiceProviderConfig"

    def ask(scheme: str, proof: str | None, at: str = path) -> Any:
        headers = {"Authorization": f"{scheme} {token}"} | ({"DPoP": proof} if proof is not None else {})
        return module_provider.browser().get(at, headers=headers)

    used = KEY.proof(module_provider, path, "GET", token=token)
    assert ask("DPoP", used).status_code == 200
    assert ask("DPoP", KEY.proof(module_provider, path, "GET", token=token), path + "?a=b").status_code == 200
    for refused in (
        ask("Bearer", None),
        ask("DPoP", None),
        ask("DPoP", used),
        ask("DPoP", OTHER.proof(module_provider, path, "GET", token=token)),
        ask("DPoP", KEY.proof(module_provider, "/scim/v2/Users", "GET", token=token)),
        ask("DPoP", KEY.proof(module_provider, path, "POST", token=token)),
        ask("DPoP", KEY.proof(module_provider, path, "GET")),
    ):
        assert refused.status_code == 401
        assert refused.content_type == "application/scim+json"
        assert "DPoP realm=" in refused.headers["WWW-Authenticate"]
        assert "error=" in refused.headers["WWW-Authenticate"]
