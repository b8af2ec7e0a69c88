"""Refresh tokens (RFC 6749 6, RFC 9700 4.14.2): rotation, families, and who gets one at all."""

import json

import pytest

from idp.audit.trail import OPERATOR
from tests.protocol.provider import REDIRECT_URI, Provider, RelyingParty, claims_of


def test_each_use_gives_a_successor(provider: Provider, rp: RelyingParty) -> None:
    token = provider.tokens(rp, provider.person())["refresh_token"]
    for _ in range(3):
        answer = provider.refresh(rp, token)
        assert answer.status_code == 200
        assert answer.json.keys() == {
            "access_token", "token_type", "expires_in", "scope", "id_token", "refresh_token",
        }  # fmt: skip
        assert answer.json["refresh_token"] != token
        token = answer.json["refresh_token"]


def test_reuse_ends_the_family(each_provider: Provider) -> None:
    provider = each_provider
    rp = provider.register(grant_types=["authorization_code", "refresh_token"])
    first = provider.tokens(rp, provider.person())
    second = provider.refresh(rp, first["refresh_token"]).json
    replay = provider.refresh(rp, first["refresh_token"])
    assert (replay.status_code, replay.json["error"]) == (400, "invalid_grant")
    assert provider.refresh(rp, second["refresh_token"]).json["error"] == "invalid_grant"
    assert provider.userinfo(second["access_token"]).status_code == 401
    assert len(provider.events("client:refresh_token:replayed")) == 1


def test_another_client_can_neither_use_nor_end_it(provider: Provider, rp: RelyingParty) -> None:
    other = provider.register(grant_types=["authorization_code", "refresh_token"])
    first = provider.tokens(rp, provider.person())["refresh_token"]
    second = provider.refresh(rp, first).json["refresh_token"]
    for token in (first, second):
        assert provider.refresh(other, token).json["error"] == "invalid_grant"
    assert provider.refresh(rp, second).status_code == 200


@pytest.mark.parametrize("token", ["x", "a.b", "A" * 43 + "." + "B" * 43, "\u00e9", "A" * 43 + "."])
def test_an_invented_token_is_invalid_grant(provider: Provider, rp: RelyingParty, token: str) -> None:
    answer = provider.refresh(rp, token)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")


def test_a_wrong_second_half_ends_the_family(provider: Provider, rp: RelyingParty) -> None:
    """Whoever knows a family's name and not its newest secret holds an old token, or a stolen one."""
    token = provider.tokens(rp, provider.person())["refresh_token"]
    provider.refresh(rp, token.split(".")[0] + "." + "B" * 43)
    assert provider.refresh(rp, token).json["error"] == "invalid_grant"


def test_a_narrower_scope_holds_for_that_answer_only(provider: Provider, rp: RelyingParty) -> None:
    first = provider.tokens(rp, provider.person(), scope="openid email profile")
    narrow = provider.refresh(rp, first["refresh_token"], scope="openid email").json
    assert narrow["scope"] == "openid email"
    assert "name" not in provider.userinfo(narrow["access_token"]).json
    assert provider.refresh(rp, narrow["refresh_token"]).json["scope"] == "openid email profile"


def test_a_wider_scope_is_refused_and_spends_nothing(provider: Provider, rp: RelyingParty) -> None:
    token = provider.tokens(rp, provider.person(), scope="openid")["refresh_token"]
    answer = provider.refresh(rp, token, scope="openid email")
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_scope")
    assert provider.refresh(rp, token).status_code == 200


def test_a_family_ends_with_its_session(provider: Provider, rp: RelyingParty) -> None:
    token = provider.tokens(rp, provider.person())["refresh_token"]
    provider.clock.advance(provider.house.settings.session.absolute_seconds - 1)
    token = provider.refresh(rp, token).json["refresh_token"]
    provider.clock.advance(1)
    assert provider.refresh(rp, token).json["error"] == "invalid_grant"


def test_offline_access_may_outlive_the_session(each_provider: Provider) -> None:
    provider = each_provider
    client = provider.register(
        grant_types=["authorization_code", "refresh_token"], scope="openid offline_access", first_party=False
    )
    person = provider.person()
    browser = provider.sign_in(person)
    with provider.house.database.transaction() as connection:
        provider.house.grants.consents.give(connection, person.id, client.client_id, ["openid", "offline_access"])
    provider.clock.advance(800)
    tokens = provider.redeem(client, provider.code(browser, client, scope="openid offline_access")).json
    provider.clock.advance(provider.house.settings.tokens.refresh_seconds - 1)
    assert provider.refresh(client, tokens["refresh_token"]).status_code == 200


def test_a_foreign_client_without_offline_access_gets_none(provider: Provider) -> None:
    client = provider.register(
        grant_types=["authorization_code", "refresh_token"], scope="openid offline_access", first_party=False
    )
    person = provider.person()
    with provider.house.database.transaction() as connection:
        provider.house.grants.consents.give(connection, person.id, client.client_id, ["openid"])
    assert "refresh_token" not in provider.tokens(client, person)


def test_a_client_not_registered_for_it_gets_none(provider: Provider) -> None:
    assert "refresh_token" not in provider.tokens(provider.register(), provider.person())


def test_signing_out_ends_the_family(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    tokens = provider.redeem(rp, provider.code(browser, rp)).json
    browser.get("/end-session", query_string={"id_token_hint": tokens["id_token"]})
    assert provider.refresh(rp, tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_withdrawn_consent_ends_it(provider: Provider, rp: RelyingParty) -> None:
    person = provider.person()
    tokens = provider.tokens(rp, person)
    with provider.house.database.transaction() as connection:
        provider.house.grants.consents.withdraw(connection, person.id, rp.client_id)
    assert provider.refresh(rp, tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_the_tokens_say_what_the_first_ones_said(provider: Provider, rp: RelyingParty) -> None:
    first = provider.tokens(rp, provider.person())
    again = provider.refresh(rp, first["refresh_token"]).json
    before, after = claims_of(first["access_token"]), claims_of(again["access_token"])
    assert before.keys() == after.keys()
    assert before["jti"] != after["jti"]
    for name in ("sub", "client_id", "scope", "sid", "auth_time", "acr", "grant"):
        assert before[name] == after[name]


def test_6_what_the_client_may_no_longer_have_comes_no_more(provider: Provider) -> None:
    metadata = {"client_name": "Module", "redirect_uris": [REDIRECT_URI], "first_party": True}
    metadata["grant_types"] = ["authorization_code", "refresh_token"]
    rp = provider.register(**metadata, scope="openid profile email phone")
    wanted = {"id_token": {"email": None}, "userinfo": {"phone_number": None}}
    tokens = provider.tokens(rp, provider.person(), scope="openid email profile", claims=json.dumps(wanted))
    assert {"email", "phone_number", "name"} <= (provider.userinfo(tokens["access_token"]).json or {}).keys()
    provider.house.registry.update(rp.client_id, {**metadata, "scope": "openid profile"}, OPERATOR)
    provider.house.versions._looked_at = float("-inf")  # a second later
    again = provider.refresh(rp, tokens["refresh_token"]).json
    assert again["scope"] == claims_of(again["access_token"])["scope"] == "openid profile"
    assert "email" not in claims_of(again["id_token"])
    for token in (tokens["access_token"], again["access_token"]):
        assert not {"email", "phone_number"} & (provider.userinfo(token).json or {}).keys()
        assert provider.userinfo(token).json["name"] == "Robin Shaw"
