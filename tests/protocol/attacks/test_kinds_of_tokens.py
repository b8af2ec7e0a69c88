"""Attacks by giving one kind of JWT for another (RFC 8725 2.8, 3.11, 3.12): everything signed is tried everywhere else."""

import secrets
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.protocol.provider import POST_LOGOUT_URI, REDIRECT_URI, Provider, RelyingParty, answer_of, bearer, claims_of

KEY = ECKey.generate_key("P-256", {"kid": "k", "use": "sig"})
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture
def client(provider: Provider) -> RelyingParty:
    """A client with one key for all that it signs."""
    return provider.register(
        grant_types=["authorization_code", "refresh_token", "client_credentials"],
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [KEY.as_dict(private=False)]},
        userinfo_signed_response_alg="ES256",
        id_token_signed_response_alg="ES256",
        authorization_signed_response_alg="ES256",
        introspection_signed_response_alg="ES256",
    )


def signed(claims: dict[str, Any], **header: Any) -> str:
    return jwt.encode({"alg": "ES256", "kid": "k", **header}, claims, KEY)


def assertion(provider: Provider, client: RelyingParty, **header: Any) -> dict[str, str]:
    now = provider.clock.now()
    claims = {"iss": client.client_id, "sub": client.client_id, "aud": provider.issuer, "exp": now + 60}
    token = signed({**claims, "jti": secrets.token_hex(8)}, **header)
    return {"client_assertion_type": ASSERTION, "client_assertion": token}


@pytest.fixture
def ours(provider: Provider, client: RelyingParty) -> dict[str, str]:
    """One of each token that the provider signs."""
    browser = provider.sign_in(provider.person())
    code = provider.code(browser, client)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
    verifier = "a-verifier-of-more-than-forty-three-characters-0123456789"
    tokens = provider.token({**form, "code_verifier": verifier, **assertion(provider, client)}).json or {}
    jarm = answer_of(provider.authorize(browser, client.request(response_mode="jwt")))["response"]
    asked = {"token": tokens["access_token"], **assertion(provider, client)}
    return {
        "id_token": tokens["id_token"],
        "access_token": tokens["access_token"],
        "jarm": jarm,
        "userinfo": provider.userinfo(tokens["access_token"]).text,
        "introspection": provider.browser().post("/introspect", data=asked).text,
    }


@pytest.mark.parametrize("typ", ["oauth-authz-req+jwt", "dpop+jwt", "at+jwt", "logout+jwt", "secevent+jwt"])
def test_authenticating_with_what_was_signed_for_something_else(
    provider: Provider, client: RelyingParty, typ: str
) -> None:
    form = {"grant_type": "client_credentials"}
    assert provider.token({**form, **assertion(provider, client, typ=typ)}).status_code == 401
    for fine in ({}, {"typ": "JWT"}, {"typ": "client-authentication+jwt"}):
        assert provider.token({**form, **assertion(provider, client, **fine)}).status_code == 200


def test_asking_with_an_assertion(provider: Provider, client: RelyingParty) -> None:
    text = assertion(provider, client)["client_assertion"]
    sent = {"client_id": client.client_id, "request": text, "redirect_uri": REDIRECT_URI}
    assert answer_of(provider.authorize(provider.browser(), sent))["error"] == "invalid_request_object"


@pytest.mark.parametrize("kind", ["id_token", "jarm", "userinfo", "introspection"])
def test_opening_userinfo_with_another_token_of_ours(provider: Provider, ours: dict[str, str], kind: str) -> None:
    assert provider.browser().get("/userinfo", headers=bearer(ours["access_token"])).status_code == 200
    assert provider.browser().get("/userinfo", headers=bearer(ours[kind])).status_code == 401


@pytest.mark.parametrize("kind", ["access_token", "jarm", "userinfo", "introspection"])
def test_hinting_with_another_token_of_ours(
    provider: Provider, client: RelyingParty, ours: dict[str, str], kind: str
) -> None:
    asked = client.request(id_token_hint=ours[kind], prompt="none")
    assert answer_of(provider.authorize(provider.browser(), asked))["error"] == "invalid_request"
    browser = provider.sign_in(provider.person())
    out = {"id_token_hint": ours[kind], "post_logout_redirect_uri": POST_LOGOUT_URI}
    assert browser.get("/end-session", query_string=out).status_code == 200


@pytest.mark.parametrize("kind", ["id_token", "access_token", "jarm", "userinfo", "introspection"])
def test_authenticating_as_a_client_whose_keys_are_said_to_be_ours(
    provider: Provider, ours: dict[str, str], kind: str
) -> None:
    """A client may register our own public keys as its own: what we signed must not speak for it then."""
    keys = (provider.browser().get("/jwks").json or {})["keys"]
    thief = provider.register(
        grant_types=["client_credentials"],
        scope="mes",
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [{name: value for name, value in key.items() if name != "alg"} for key in keys]},
    )
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION, "client_id": thief.client_id}
    assert provider.token({**form, "client_assertion": ours[kind]}).status_code == 401
    assert claims_of(ours["id_token"])["iss"] == provider.issuer


def test_introspecting_a_token_that_is_none_says_nothing(
    provider: Provider, client: RelyingParty, ours: dict[str, str]
) -> None:
    for kind in ("id_token", "jarm", "userinfo", "introspection"):
        answer = provider.browser().post("/introspect", data={"token": ours[kind], **assertion(provider, client)})
        assert claims_of(answer.text)["token_introspection"] == {"active": False}
