"""Whether a refresh token is replaced at each use (RFC 6749 6, RFC 9700 4.14.2), per client."""

from typing import Any

import pytest

from idp.audit.trail import OPERATOR
from idp.signin import acr
from tests.protocol.possession import ProofKey, new_code
from tests.protocol.provider import Provider, RelyingParty, claims_of

KEY = ProofKey()
REFRESHING = {"grant_types": ["authorization_code", "refresh_token"]}


def _first(provider: Provider, rp: RelyingParty) -> dict[str, Any]:
    answer = KEY.redeem(provider, rp, new_code(provider, rp))
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


@pytest.mark.parametrize(
    ("metadata", "rotates"),
    [
        ({}, True),
        ({"refresh_token_rotation": True, "dpop_bound_access_tokens": True}, True),
        ({"dpop_bound_access_tokens": True}, False),
        ({"refresh_token_rotation": False}, False),
        ({"dpop_bound_access_tokens": True, "token_endpoint_auth_method": "none"}, True),
    ],
)
def test_who_gets_a_new_one(module_provider: Provider, metadata: dict[str, Any], rotates: bool) -> None:
    rp = module_provider.register(**REFRESHING, **metadata)
    first = _first(module_provider, rp)
    again = KEY.refresh(module_provider, rp, first["refresh_token"])
    assert again.status_code == 200
    assert again.json.keys() == first.keys()
    assert (again.json["refresh_token"] != first["refresh_token"]) is rotates
    replayed = KEY.refresh(module_provider, rp, first["refresh_token"])
    assert replayed.status_code == (400 if rotates else 200)
    goes_on = KEY.refresh(module_provider, rp, again.json["refresh_token"])
    assert goes_on.status_code == (400 if rotates else 200)


@pytest.fixture(scope="module")
def keeping(module_provider: Provider) -> RelyingParty:
    return module_provider.register(dpop_bound_access_tokens=True, **REFRESHING)


def test_a_kept_one_gives_new_tokens_each_time(module_provider: Provider, keeping: RelyingParty) -> None:
    token = _first(module_provider, keeping)["refresh_token"]
    given = [KEY.refresh(module_provider, keeping, token).json for _ in range(3)]
    assert {answer["refresh_token"] for answer in given} == {token}
    assert len({claims_of(answer["access_token"])["jti"] for answer in given}) == 3
    assert len(module_provider.events("client:token:refreshed")) >= 3


def test_a_kept_one_is_still_the_client_s_alone(module_provider: Provider, keeping: RelyingParty) -> None:
    token = _first(module_provider, keeping)["refresh_token"]
    other = module_provider.register(dpop_bound_access_tokens=True, **REFRESHING)
    stranger = RelyingParty(keeping.client_id, "wrong")
    assert KEY.refresh(module_provider, other, token).json["error"] == "invalid_grant"
    assert KEY.refresh(module_provider, stranger, token).json["error"] == "invalid_client"
    without_key = module_provider.refresh(keeping, token)
    assert without_key.json["error"] == "invalid_request"
    assert KEY.refresh(module_provider, keeping, token).status_code == 200


def test_a_kept_one_ends_with_revocation_sign_out_and_account(provider: Provider) -> None:
    rp = provider.register(dpop_bound_access_tokens=True, **REFRESHING)

    def start() -> tuple[Any, Any, dict[str, Any]]:
        person = provider.person()
        browser = provider.sign_in(person)
        return person, browser, dict(KEY.redeem(provider, rp, provider.code(browser, rp)).json)

    _, _, revoked = start()
    provider.browser().post("/revoke", data={"token": revoked["refresh_token"]}, headers=rp.basic)
    _, browser, signed_out = start()
    browser.get("/end-session", query_string={"id_token_hint": signed_out["id_token"]})
    person, _, disabled = start()
    with provider.house.database.transaction() as connection:
        provider.house.people.accounts.disable(connection, person.id)
    _, _, late = start()
    for tokens in (revoked, signed_out, disabled):
        answer = KEY.refresh(provider, rp, tokens["refresh_token"])
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")
    provider.clock.advance(provider.house.settings.session.absolute_seconds)
    assert KEY.refresh(provider, rp, late["refresh_token"]).json["error"] == "invalid_grant"


def test_a_kept_one_on_each_store(each_provider: Provider) -> None:
    rp = each_provider.register(dpop_bound_access_tokens=True, **REFRESHING)
    token = _first(each_provider, rp)["refresh_token"]
    assert KEY.refresh(each_provider, rp, token).json["refresh_token"] == token
    each_provider.browser().post("/revoke", data={"token": token}, headers=rp.basic)
    assert KEY.refresh(each_provider, rp, token).json["error"] == "invalid_grant"


def _minimum(provider: Provider, rp: RelyingParty, level: str) -> None:
    registry = provider.house.registry
    client = registry.clients.read(rp.client_id)
    assert client is not None
    registry.update(rp.client_id, {**client.metadata, "minimum_acr": level}, OPERATOR)
    provider.house.versions._looked_at = float("-inf")  # a second later


def test_a_raised_minimum_holds_at_the_next_refresh(provider: Provider) -> None:
    rp = provider.register(**REFRESHING)
    token = provider.tokens(rp, provider.person())["refresh_token"]
    late = provider.code(provider.sign_in(provider.person()), rp)
    _minimum(provider, rp, acr.MFA)
    for refused in (provider.refresh(rp, token), provider.redeem(rp, late)):
        assert (refused.status_code, refused.json["error"]) == (400, "invalid_grant")
        assert "minimum_acr" in refused.json["error_description"]
    introspected = provider.browser().post("/introspect", data={"token": token}, headers=rp.basic)
    assert introspected.json == {"active": False}
    strong = provider.sign_in(provider.person(), level=acr.MFA)
    assert provider.refresh(rp, provider.redeem(rp, provider.code(strong, rp)).json["refresh_token"]).status_code == 200
    # Nothing was spent and nothing ended: who raised it by mistake takes it back, and nobody has to sign in again.
    _minimum(provider, rp, "")
    assert provider.refresh(rp, token).status_code == 200
    assert provider.redeem(rp, late).status_code == 200
