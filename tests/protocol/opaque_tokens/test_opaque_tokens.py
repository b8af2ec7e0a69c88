"""Opaque access tokens and lifetimes of a client's own: what stands in the metadata, and never more than the settings allow."""

import re
from typing import Any

import pytest

from idp.store.database import StoreUnavailable
from tests.protocol.possession import ProofKey, new_code
from tests.protocol.provider import Provider, RelyingParty, bearer, claims_of

REFRESHING = {"grant_types": ["authorization_code", "refresh_token"]}


@pytest.fixture(scope="module")
def rp(module_provider: Provider) -> RelyingParty:
    return module_provider.register(access_token_format="opaque", **REFRESHING)


def _tokens(provider: Provider, rp: RelyingParty) -> dict[str, Any]:
    answer = provider.redeem(rp, new_code(provider, rp))
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def test_it_says_nothing_and_opens_what_a_jwt_would(module_provider: Provider, rp: RelyingParty) -> None:
    tokens = _tokens(module_provider, rp)
    assert tokens.keys() == {"access_token", "token_type", "expires_in", "scope", "id_token", "refresh_token"}
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", tokens["access_token"])
    assert module_provider.userinfo(tokens["access_token"]).json == {"sub": claims_of(tokens["id_token"])["sub"]}
    for unknown in ("A" * 43, tokens["access_token"] + "A", tokens["access_token"][:-1]):
        assert module_provider.userinfo(unknown).json["error"] == "invalid_token"


def test_it_runs_out(provider: Provider) -> None:
    rp = provider.register(access_token_format="opaque")
    token = provider.tokens(rp, provider.person())["access_token"]
    provider.clock.advance(299)
    assert provider.userinfo(token).status_code == 200
    provider.clock.advance(1)
    assert provider.userinfo(token).status_code == 401


def test_it_can_be_given_back_by_its_owner(module_provider: Provider, rp: RelyingParty) -> None:
    tokens = _tokens(module_provider, rp)
    token, browser = tokens["access_token"], module_provider.browser()
    other = module_provider.register()
    refused = browser.post("/revoke", data={"token": token}, headers=other.basic)
    assert refused.status_code == 400
    assert module_provider.userinfo(token).status_code == 200
    assert browser.post("/revoke", data={"token": token}, headers=rp.basic).status_code == 200
    assert module_provider.userinfo(token).status_code == 401
    assert module_provider.refresh(rp, tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_it_ends_with_the_sign_in(module_provider: Provider, rp: RelyingParty) -> None:
    browser = module_provider.sign_in(module_provider.people[0])
    tokens = module_provider.redeem(rp, module_provider.code(browser, rp)).json
    browser.get("/end-session", query_string={"id_token_hint": tokens["id_token"]})
    assert module_provider.userinfo(tokens["access_token"]).status_code == 401


def test_nothing_is_spent_while_it_cannot_be_kept(
    module_provider: Provider, rp: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, token = new_code(module_provider, rp), _tokens(module_provider, rp)["refresh_token"]

    def away(*_: object) -> None:
        raise StoreUnavailable("redis")

    with monkeypatch.context() as broken:
        broken.setattr(type(module_provider.house.ephemeral), "put", away)
        for answer in (module_provider.redeem(rp, code), module_provider.refresh(rp, token)):
            assert (answer.status_code, answer.json["error"]) == (503, "temporarily_unavailable")
    assert module_provider.redeem(rp, code).status_code == 200
    assert module_provider.refresh(rp, token).status_code == 200


def test_it_can_be_bound_to_a_key(module_provider: Provider, rp: RelyingParty) -> None:
    key = ProofKey()
    tokens = key.redeem(module_provider, rp, new_code(module_provider, rp)).json
    assert tokens["token_type"] == "DPoP"
    assert module_provider.userinfo(tokens["access_token"]).status_code == 401
    assert ProofKey().userinfo(module_provider, tokens["access_token"]).status_code == 401
    assert key.userinfo(module_provider, tokens["access_token"]).status_code == 200


def test_a_client_s_own(module_provider: Provider) -> None:
    machine = module_provider.register(
        grant_types=["client_credentials"], scope="scim", module="mmis", access_token_format="opaque"
    )
    form = {"grant_type": "client_credentials", "scope": "scim"}
    token, browser = module_provider.token(form, machine.basic).json["access_token"], module_provider.browser()
    asked = "/scim/v2/ServiceProviderConfig"
    assert browser.get(asked, headers=bearer(token)).status_code == 200
    assert module_provider.userinfo(token).status_code == 401
    assert browser.post("/revoke", data={"token": token}, headers=machine.basic).status_code == 200
    assert browser.get(asked, headers=bearer(token)).status_code == 401


def test_each_store_keeps_them(each_provider: Provider) -> None:
    rp = each_provider.register(access_token_format="opaque")
    token = each_provider.tokens(rp, each_provider.person())["access_token"]
    assert each_provider.userinfo(token).status_code == 200
    each_provider.clock.advance(300)
    assert each_provider.userinfo(token).status_code == 401


def test_lifetimes_of_its_own(module_provider: Provider) -> None:
    rp = module_provider.register(access_token_seconds=60, id_token_seconds=90, refresh_token_seconds=600, **REFRESHING)
    tokens, now = _tokens(module_provider, rp), module_provider.clock.now()
    assert tokens["expires_in"] == 60
    assert claims_of(tokens["access_token"])["exp"] == now + 60
    assert claims_of(tokens["id_token"])["exp"] == now + 90
    refresh_token = tokens["refresh_token"]
    module_provider.clock.advance(570)
    tokens = module_provider.refresh(rp, refresh_token).json
    # A token does not outlive the grant it came from.
    assert tokens["expires_in"] == 30
    module_provider.clock.advance(30)
    assert module_provider.refresh(rp, tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_never_longer_than_the_settings_say(module_provider: Provider) -> None:
    rp = module_provider.register(access_token_seconds=3_600, id_token_seconds=3_600, **REFRESHING)
    tokens, now = _tokens(module_provider, rp), module_provider.clock.now()
    assert tokens["expires_in"] == 300
    assert claims_of(tokens["access_token"])["exp"] == now + 300
    assert claims_of(tokens["id_token"])["exp"] == now + 300
