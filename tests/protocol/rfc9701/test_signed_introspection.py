"""Introspection answered by a signed JWT (RFC 9701): each test is named after its clause."""

import pytest
from joserfc.jwk import KeySet

from idp.oidc import jws
from idp.registry.public_keys import key_for
from tests.protocol.introspecting import INACTIVE, RESOURCE, api_of, introspect, token_for_api, told
from tests.protocol.provider import Provider, RelyingParty, bearer, claims_of, header_of

SIGNED = "application/token-introspection+jwt"
ACCEPT = {"Accept": SIGNED}


@pytest.fixture
def module(provider: Provider) -> RelyingParty:
    """A client that may call the API, in the name of its people."""
    return provider.register(resources=[RESOURCE])


@pytest.fixture
def token(provider: Provider, module: RelyingParty) -> str:
    """An access token for the API."""
    return str(token_for_api(provider, module, provider.person())["access_token"])


def signed(provider: Provider, asking: RelyingParty, token: str, headers: dict[str, str] | None = None) -> str:
    """Return the JWT of an answer that must be one."""
    answer = introspect(provider, asking, token, headers)
    assert (answer.status_code, answer.content_type) == (200, SIGNED)
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text


@pytest.mark.parametrize(
    "accept", [SIGNED, f"{SIGNED}, application/json;q=0.5", SIGNED.upper(), f"text/x, {SIGNED};q=1"]
)
def test_4_who_asks_for_a_jwt_gets_one(provider: Provider, token: str, accept: str) -> None:
    api = api_of(provider)
    text = signed(provider, api, token, {"Accept": accept})
    assert header_of(text) == {"typ": "token-introspection+jwt", "alg": "RS256", "kid": header_of(text)["kid"]}
    assert claims_of(text) == {
        "iss": provider.issuer,
        "aud": api.client_id,
        "iat": provider.clock.now(),
        "token_introspection": told(provider, api, token),
    }


@pytest.mark.parametrize("accept", ["application/json", "*/*", "", "application/jwt"])
def test_4_others_get_json(provider: Provider, token: str, accept: str) -> None:
    answer = introspect(provider, api_of(provider), token, {"Accept": accept})
    assert answer.content_type == "application/json"


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "EdDSA"])
def test_6_a_registered_algorithm_signs_every_answer(provider: Provider, token: str, alg: str) -> None:
    api = api_of(provider, introspection_signed_response_alg=alg)
    text = signed(provider, api, token)
    assert header_of(text)["alg"] == alg
    keys = KeySet.import_key_set(provider.browser().get("/jwks").json)
    assert jws.verify(text, (alg,), lambda alg, kid: key_for(keys, alg, kid)).claims == claims_of(text)


def test_5_what_is_not_active_is_told_by_a_jwt_too(provider: Provider) -> None:
    assert claims_of(signed(provider, api_of(provider), "x", ACCEPT))["token_introspection"] == INACTIVE


def test_5_errors_are_json(provider: Provider, token: str) -> None:
    api = api_of(provider, introspection_signed_response_alg="ES256")
    answer = provider.browser().post("/introspect", data={"token": token}, headers=ACCEPT)
    assert (answer.status_code, answer.content_type) == (401, "application/json")
    assert introspect(provider, api, None, ACCEPT).content_type == "application/json"


def test_8_1_the_answer_is_no_token(provider: Provider, module: RelyingParty, token: str) -> None:
    text = signed(provider, module, token, ACCEPT)
    assert provider.userinfo(text).status_code == 401
    assert told(provider, module, text) == INACTIVE
    browser = provider.sign_in(provider.person())
    hinted = provider.authorize(browser, module.request(id_token_hint=text))
    assert "error=invalid_request" in hinted.headers["Location"]
    scim = provider.browser().get("/scim/v2/Users", headers=bearer(text))
    assert scim.status_code == 401


def test_6_discovery_says_which_algorithms(provider: Provider) -> None:
    said = provider.browser().get("/.well-known/oauth-authorization-server").json
    assert said["introspection_signing_alg_values_supported"] == ["RS256", "PS256", "ES256", "EdDSA"]
