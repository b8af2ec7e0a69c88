"""Token introspection (RFC 7662): each test is named after its clause."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import Client as Browser

from idp.accounts.model import Account
from idp.audit.trail import OPERATOR
from idp.signin import acr
from tests.protocol.introspecting import INACTIVE, RESOURCE, api_of, introspect, token_for_api, told
from tests.protocol.possession import ProofKey
from tests.protocol.provider import REDIRECT_URI, VERIFIER, Provider, RelyingParty, claims_of

BOTH = ["authorization_code", "refresh_token"]


@pytest.fixture
def module(provider: Provider) -> RelyingParty:
    """A client that may call the API, in the name of its people."""
    return provider.register(grant_types=BOTH, resources=[RESOURCE], module="appeals")


@pytest.fixture
def api(provider: Provider) -> RelyingParty:
    """The API."""
    return api_of(provider)


@pytest.fixture(params=["jwt", "opaque"])
def either(request: pytest.FixtureRequest, provider: Provider) -> RelyingParty:
    """The same client, with access tokens of each format."""
    return provider.register(
        grant_types=BOTH, resources=[RESOURCE], module="appeals", access_token_format=request.param
    )


def test_2_2_a_resource_is_told_exactly_this(provider: Provider, either: RelyingParty, api: RelyingParty) -> None:
    person = provider.person("appeals")
    token = token_for_api(provider, either, person)["access_token"]
    body = told(provider, api, token)
    assert body == {
        "active": True,
        "scope": "openid",
        "client_id": either.client_id,
        "token_type": "Bearer",
        "exp": provider.clock.now() + 300,
        "iat": provider.clock.now(),
        "sub": person.sub,
        "aud": RESOURCE,
        "iss": provider.issuer,
        "jti": body["jti"],
        "acr": acr.PASSCODE,
        "auth_time": provider.clock.now(),
    }


def test_2_2_nothing_personal_is_told(provider: Provider, module: RelyingParty, api: RelyingParty) -> None:
    person = provider.person("appeals")
    code = provider.code(provider.sign_in(person), module, resource=RESOURCE, scope="openid profile email phone")
    token = (provider.redeem(module, code, resource=RESOURCE).json or {})["access_token"]
    text = introspect(provider, api, token).text
    for personal in (person.user_id, person.given_name, person.family_name, person.phone or "-", "username"):
        assert personal not in text


def test_2_2_a_client_is_told_of_its_own_tokens_and_their_session(provider: Provider, either: RelyingParty) -> None:
    person = provider.person("appeals")
    tokens = provider.tokens(either, person)
    body = told(provider, either, tokens["access_token"])
    assert body.keys() == {
        *("active", "scope", "client_id", "token_type", "exp", "iat", "sub", "aud", "iss", "jti", "acr", "auth_time"),
        "sid",
    }
    assert (body["active"], body["aud"], body["sub"]) == (True, f"{provider.issuer}/userinfo", person.sub)
    assert body["sid"] == claims_of(tokens["id_token"])["sid"]


def test_2_2_a_client_is_told_of_its_own_refresh_token(provider: Provider, module: RelyingParty) -> None:
    person = provider.person("appeals")
    tokens = provider.tokens(module, person)
    sid = claims_of(tokens["id_token"])["sid"]
    assert told(provider, module, tokens["refresh_token"]) == {
        "active": True,
        "client_id": module.client_id,
        "scope": "openid",
        "exp": provider.clock.now() + 43_200,
        "sub": person.sub,
        "iss": provider.issuer,
        "sid": sid,
        "acr": acr.PASSCODE,
        "auth_time": provider.clock.now(),
    }


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "something_else"])
def test_2_1_the_hint_changes_nothing(provider: Provider, module: RelyingParty, hint: str) -> None:
    tokens = provider.tokens(module, provider.person("appeals"))
    for name in ("access_token", "refresh_token"):
        assert told(provider, module, tokens[name], token_type_hint=hint)["active"] is True


def test_2_2_of_others_tokens_nothing_is_told(provider: Provider, module: RelyingParty, api: RelyingParty) -> None:
    person = provider.person("appeals")
    at_userinfo, for_api = provider.tokens(module, person), token_for_api(provider, module, person)
    stranger, other_api = provider.register(), api_of(provider, resource="https://api.example/other")
    for asking in (stranger, other_api):
        for token in (for_api["access_token"], for_api["refresh_token"], at_userinfo["access_token"]):
            assert told(provider, asking, token) == INACTIVE
    assert told(provider, api, at_userinfo["access_token"]) == INACTIVE
    assert told(provider, api, for_api["refresh_token"]) == INACTIVE
    assert told(provider, module, for_api["access_token"])["active"] is True


@pytest.mark.parametrize(
    "token", ["x", "a" * 43, "a" * 43 + "." + "b" * 43, "a.b.c", "é", "eyJhbGciOiJub25lIn0.e30.", "x" * 8_000]
)
def test_2_2_what_is_no_token_is_not_active(provider: Provider, rp: RelyingParty, token: str) -> None:
    assert told(provider, rp, token) == INACTIVE


def test_2_2_other_tokens_of_ours_are_not_active(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    code = provider.code(browser, rp)
    assert told(provider, rp, code) == INACTIVE
    tokens = provider.redeem(rp, code).json or {}
    assert told(provider, rp, tokens["id_token"]) == INACTIVE
    assert told(provider, rp, tokens["access_token"])["active"] is True


@dataclass(frozen=True)
class Case:
    """A person's tokens, and what may end them."""

    provider: Provider
    rp: RelyingParty
    person: Account
    browser: Browser
    tokens: dict[str, Any]


def runs_out(it: Case) -> None:
    it.provider.clock.advance(43_200)


def is_revoked(it: Case) -> None:
    it.provider.browser().post("/revoke", data={"token": it.tokens["refresh_token"]}, headers=it.rp.basic)


def signs_out(it: Case) -> None:
    it.browser.get("/end-session", query_string={"id_token_hint": it.tokens["id_token"]})


def is_disabled(it: Case) -> None:
    it.provider.house.signin.disable_account(it.person, OPERATOR)


def loses_access(it: Case) -> None:
    assert it.provider.house.modules.administer.revoke(it.person, "appeals", OPERATOR)


def client_is_disabled(it: Case) -> None:
    it.provider.house.registry.disable(it.rp.client_id, OPERATOR)
    it.provider.house.versions._looked_at = float("-inf")  # a second later


@pytest.mark.parametrize(
    "end",
    [runs_out, is_revoked, signs_out, is_disabled, loses_access, client_is_disabled],
    ids=lambda end: end.__name__,
)
def test_2_2_what_ended_is_not_active(
    provider: Provider, either: RelyingParty, api: RelyingParty, end: Callable[[Case], None]
) -> None:
    person = provider.person("appeals")
    browser = provider.sign_in(person)
    answer = provider.redeem(either, provider.code(browser, either, resource=RESOURCE), resource=RESOURCE)
    case = Case(provider, either, person, browser, dict(answer.json or {}))
    token = case.tokens["access_token"]
    assert told(provider, api, token)["active"] is True
    end(case)
    assert told(provider, api, token) == INACTIVE
    if end is not client_is_disabled:
        assert told(provider, either, token) == INACTIVE
        assert told(provider, either, case.tokens["refresh_token"]) == INACTIVE


def test_2_2_an_access_token_ends_before_its_grant(provider: Provider, either: RelyingParty, api: RelyingParty) -> None:
    token = token_for_api(provider, either, provider.person("appeals"))["access_token"]
    provider.clock.advance(299)
    assert told(provider, api, token)["active"] is True
    provider.clock.advance(1)
    assert told(provider, api, token) == INACTIVE


def test_2_2_a_spent_refresh_token_is_not_active_and_asking_is_no_use_of_it(
    provider: Provider, module: RelyingParty
) -> None:
    first = provider.tokens(module, provider.person("appeals"))["refresh_token"]
    second = (provider.refresh(module, first).json or {})["refresh_token"]
    assert told(provider, module, first) == INACTIVE
    assert told(provider, module, second)["active"] is True
    assert provider.refresh(module, second).status_code == 200
    assert not provider.events("client:refresh_token:replayed")


def test_2_2_a_client_s_own_token(provider: Provider) -> None:
    machine = provider.register(grant_types=["client_credentials"], resources=[RESOURCE])
    api = api_of(provider)
    form = {"grant_type": "client_credentials", "resource": RESOURCE}
    token = (provider.token(form, machine.basic).json or {})["access_token"]
    body = told(provider, api, token)
    assert body == {
        "active": True,
        "client_id": machine.client_id,
        "token_type": "Bearer",
        "exp": provider.clock.now() + 300,
        "iat": provider.clock.now(),
        "sub": machine.client_id,
        "aud": RESOURCE,
        "iss": provider.issuer,
        "jti": body["jti"],
    }
    assert provider.browser().post("/revoke", data={"token": token}, headers=machine.basic).status_code == 200
    assert told(provider, api, token) == INACTIVE
    assert told(provider, machine, token) == INACTIVE


def test_2_2_the_person_is_named_as_the_asking_client_knows_them(provider: Provider, module: RelyingParty) -> None:
    """RFC 7662 5: a resource that may not join people across clients is not handed what would."""
    person = provider.person("appeals")
    token = token_for_api(provider, module, person)["access_token"]
    both = ["client_credentials", "authorization_code"]
    apart = api_of(provider, grant_types=both, scope="openid", redirect_uris=[REDIRECT_URI], subject_type="pairwise")
    sub = told(provider, apart, token)["sub"]
    assert sub != person.sub
    assert told(provider, module, token)["sub"] == person.sub
    assert told(provider, apart, token_for_api(provider, module, person)["access_token"])["sub"] == sub


def test_rfc9449_6_2_a_bound_token_names_its_key(provider: Provider, module: RelyingParty, api: RelyingParty) -> None:
    key = ProofKey()
    code = provider.code(provider.sign_in(provider.person("appeals")), module, resource=RESOURCE)
    answer = provider.token(
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
            "resource": RESOURCE,
        },
        {**module.basic, "DPoP": key.proof(provider)},
    )
    body = told(provider, api, (answer.json or {})["access_token"])
    assert (body["token_type"], body["cnf"]) == ("DPoP", {"jkt": key.jkt})
