"""Userinfo (OIDC Core 5.3) and how a token is presented (RFC 6750)."""

import pytest

from idp.registry.client import Client
from idp.web.bearer import challenge
from tests.protocol.provider import Provider, RelyingParty, bearer


def test_5_4_each_scope_releases_its_claims(provider: Provider, rp: RelyingParty) -> None:
    person = provider.person()
    tokens = provider.tokens(rp, person, scope="openid profile email phone mes")
    assert provider.userinfo(tokens["access_token"]).json == {
        "sub": person.sub,
        "name": "Robin Shaw",
        "given_name": "Robin",
        "family_name": "Shaw",
        "email": person.user_id,
        "email_verified": True,
        "phone_number": "+18045550100",
        "phone_number_verified": False,
        "roles": [],
    }


def test_5_3_2_what_is_not_known_is_left_out(provider: Provider, rp: RelyingParty) -> None:
    person = provider.person(phone=None)
    tokens = provider.tokens(rp, person, scope="openid phone")
    assert provider.userinfo(tokens["access_token"]).json == {"sub": person.sub}


def test_rfc6750_2_header_and_body_of_a_post(provider: Provider, rp: RelyingParty) -> None:
    token = provider.tokens(rp, provider.person())["access_token"]
    browser = provider.browser()
    assert browser.post("/userinfo", headers=bearer(token)).status_code == 200
    assert browser.post("/userinfo", data={"access_token": token}).status_code == 200


def test_rfc6750_2_a_token_in_the_query_or_twice_is_refused(provider: Provider, rp: RelyingParty) -> None:
    token = provider.tokens(rp, provider.person())["access_token"]
    browser = provider.browser()
    in_query = browser.get("/userinfo", query_string={"access_token": token})
    twice = browser.post("/userinfo", data={"access_token": token}, headers=bearer(token))
    for answer in (in_query, twice):
        assert answer.status_code == 400
        assert answer.json["error"] == "invalid_request"


def test_rfc6750_3_1_without_a_token_nothing_is_explained(provider: Provider) -> None:
    answer = provider.browser().get("/userinfo")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == challenge()
    assert answer.data == b""


@pytest.mark.parametrize("token", ["x", "a.b.c", "é", "A" * 9_000, "null", ""])
def test_rfc6750_3_1_a_bad_token_is_401_invalid_token(provider: Provider, token: str) -> None:
    answer = provider.browser().get("/userinfo", headers={"Authorization": f"Bearer {token}".strip()})
    assert answer.status_code == 401
    if token:
        assert answer.json["error"] == "invalid_token"
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_an_expired_token_is_refused(provider: Provider, rp: RelyingParty) -> None:
    token = provider.tokens(rp, provider.person())["access_token"]
    provider.clock.advance(299)
    assert provider.userinfo(token).status_code == 200
    provider.clock.advance(1)
    assert provider.userinfo(token).status_code == 401


def test_signing_out_ends_the_token(provider: Provider, rp: RelyingParty) -> None:
    person = provider.person()
    browser = provider.sign_in(person)
    tokens = provider.redeem(rp, provider.code(browser, rp)).json
    assert provider.userinfo(tokens["access_token"]).status_code == 200
    browser.get("/end-session", query_string={"id_token_hint": tokens["id_token"]})
    assert provider.userinfo(tokens["access_token"]).status_code == 401


def test_a_disabled_account_has_no_claims(provider: Provider, rp: RelyingParty) -> None:
    person = provider.person()
    token = provider.tokens(rp, person)["access_token"]
    with provider.house.database.transaction() as connection:
        provider.house.people.accounts.disable(connection, person.id)
    assert provider.userinfo(token).status_code == 401


def test_mes_roles_and_own_id_go_to_the_module_s_clients_only(provider: Provider) -> None:
    mmis, appeals = provider.register(module="mmis"), provider.register(module="appeals")
    person = provider.person("mmis", "appeals", roles=("biller",))
    with provider.house.database.transaction() as connection:
        provider.house.modules.catalogue.add_external_id(connection, person.id, "mmis", "E600123")
    at_mmis = provider.tokens(mmis, person, scope="openid mes")
    at_appeals = provider.tokens(appeals, person, scope="openid mes")
    expected = {"sub": person.sub, "roles": ["biller"], "e6code": "E600123"}
    assert provider.userinfo(at_mmis["access_token"]).json == expected
    assert provider.userinfo(at_appeals["access_token"]).json == {"sub": person.sub, "roles": ["biller"]}


def test_access_taken_away_ends_what_the_module_may_see(provider: Provider) -> None:
    mmis = provider.register(module="mmis", grant_types=["authorization_code", "refresh_token"])
    person = provider.person("mmis")
    tokens = provider.tokens(mmis, person)
    with provider.house.database.transaction() as connection:
        provider.house.modules.catalogue.revoke(connection, person.id, "mmis")
    assert provider.userinfo(tokens["access_token"]).status_code == 401
    assert provider.refresh(mmis, tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_a_client_that_knows_more_than_it_may_ask(provider: Provider) -> None:
    """The registered scope is what a token can hold, whatever a request says."""
    client = provider.house.registry.clients.get(provider.register(scope="openid").client_id)
    assert isinstance(client, Client)
    assert client.scope == {"openid"}
