"""The plans `oidcc-basic-certification-test-plan` and `oidcc-formpost-basic-certification-test-plan`, module by module.

What a module calls a warning is a failure here too. Left out are modules that the suite itself skips with this provider's
metadata: `oidcc-idtoken-unsigned`, the ones with unsigned request objects (`none` is in no list), and `oidcc-scope-address`.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.protocol.plans import signing
from tests.protocol.plans.conformance_client import ConformanceClient
from tests.protocol.plans.token_checks import holds_nonce, id_token_of, invalid_grant, signed_in, tokens_of

Register = Callable[..., ConformanceClient]
Claims = dict[str, Any]


def test_oidcc_server(client: ConformanceClient) -> None:
    tokens, claims = signed_in(client)
    assert client.at.signed_in_again
    # Nothing about the person comes in the ID Token that was not asked for there.
    asked = {"iss", "sub", "aud", "azp", "iat", "exp", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"}
    assert claims.keys() <= asked
    assert "refresh_token" in tokens


def test_oidcc_response_type_missing(client: ConformanceClient) -> None:
    answer = client.send(client.request(response_type=None))
    assert client.refused(answer) in ("invalid_request", "unsupported_response_type")


def test_oidcc_idtoken_signature(client: ConformanceClient) -> None:
    tokens, _ = signed_in(client)
    header, _ = signing.opened(tokens["id_token"], client.server_keys, "RS256")
    assert header["kid"]


def test_oidcc_idtoken_unsigned(client: ConformanceClient) -> None:
    # The suite skips it unless `none` is offered, which it must not be.
    assert "none" not in client.metadata["id_token_signing_alg_values_supported"]


def _claims(client: ConformanceClient, answer: TestResponse, sub: str) -> Claims:
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/json"
    claims = dict(answer.json or {})
    assert claims["sub"] == sub
    for name in {"name", "given_name", "family_name", "locale", "email", "phone_number"} & claims.keys():
        assert isinstance(claims[name], str)
        assert claims[name]
    for name in {"email_verified", "phone_number_verified"} & claims.keys():
        assert isinstance(claims[name], bool)
    return claims


def test_oidcc_userinfo_get(client: ConformanceClient) -> None:
    tokens, claims = signed_in(client)
    _claims(client, client.userinfo(tokens["access_token"]), claims["sub"])


def test_oidcc_userinfo_post_header(client: ConformanceClient) -> None:
    tokens, claims = signed_in(client)
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    # An empty form, and not nothing at all.
    form = "application/x-www-form-urlencoded"
    answer = client.provider.browser().post(client.path("userinfo_endpoint"), headers=headers, content_type=form)
    _claims(client, answer, claims["sub"])


def test_oidcc_userinfo_post_body(client: ConformanceClient) -> None:
    tokens, claims = signed_in(client)
    form = {"access_token": tokens["access_token"]}
    answer = client.provider.browser().post(client.path("userinfo_endpoint"), data=form)
    _claims(client, answer, claims["sub"])


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(client: ConformanceClient) -> None:
    _, claims = signed_in(client, nonce=None)
    assert "nonce" not in claims


STANDARD_CLAIMS = {
    "profile": {"name", "given_name", "family_name"},
    "email": {"email", "email_verified"},
    "phone": {"phone_number", "phone_number_verified"},
}
"""Of the claims that OIDC Core 5.4 names for a scope, those that this provider has a value for at all.

For `profile` the suite warns about the eleven others (`nickname`, `website`, `birthdate` and so on): nothing of them is
kept here, and an invented value would be worse than a warning.
"""


@pytest.mark.parametrize("scope", STANDARD_CLAIMS)
def test_oidcc_scope(client: ConformanceClient, scope: str) -> None:
    """`oidcc-scope-profile`, `oidcc-scope-email`, `oidcc-scope-phone`."""
    assert scope in client.metadata["scopes_supported"]
    tokens, claims = signed_in(client, scope=f"openid {scope}")
    assert not {"name", "email"} & claims.keys()
    assert STANDARD_CLAIMS[scope] <= _claims(client, client.userinfo(tokens["access_token"]), claims["sub"]).keys()


def test_oidcc_scope_address(client: ConformanceClient) -> None:
    # The suite skips it, and oidcc-scope-all with it, unless `address` is offered.
    assert "address" not in client.metadata["scopes_supported"]


EMAIL = {"sub", "email", "email_verified"}


def test_oidcc_alternate_happy_flow(client: ConformanceClient) -> None:
    """Scopes and parameters the other way round."""
    asked = dict(reversed(client.request(scope="email openid").items()))
    tokens = tokens_of(client, client.redeem(client.succeeded(client.at.go_on(client.send(asked)))["code"]))
    claims = id_token_of(client, tokens)
    assert not {"name", "email"} & claims.keys()
    assert _claims(client, client.userinfo(tokens["access_token"]), claims["sub"]).keys() == EMAIL


@pytest.mark.parametrize("display", ["page", "popup"])
def test_oidcc_display(client: ConformanceClient, display: str) -> None:
    signed_in(client, display=display)


def test_oidcc_prompt_login(client: ConformanceClient) -> None:
    _, first = signed_in(client)
    client.provider.clock.advance(1)
    _, second = signed_in(client, prompt="login")
    assert client.at.signed_in_again
    assert second["auth_time"] > first["auth_time"]
    assert second["sub"] == first["sub"]


def test_oidcc_prompt_none_not_logged_in(client: ConformanceClient) -> None:
    assert client.refused(client.send(client.request(prompt="none", state="s" * 124 + "-._~"))) in (
        "login_required",
        "interaction_required",
        "account_selection_required",
        "consent_required",
    )


def test_oidcc_prompt_none_logged_in(client: ConformanceClient) -> None:
    _, first = signed_in(client)
    client.provider.clock.advance(1)
    _, second = signed_in(client, prompt="none")
    assert client.at.pages == []
    assert (second["sub"], second["auth_time"]) == (first["sub"], first["auth_time"])


def test_oidcc_max_age_1(client: ConformanceClient) -> None:
    _, first = signed_in(client)
    client.provider.clock.advance(2)
    # Nobody signs in within a second: what counts is when they had done so.
    client.at.seconds_a_page = 20
    _, second = signed_in(client, max_age="1")
    assert client.at.signed_in_again
    assert second["auth_time"] > first["auth_time"]
    assert second["auth_time"] == client.provider.clock.now()


def test_oidcc_max_age_10000(client: ConformanceClient) -> None:
    _, first = signed_in(client, max_age="15000")
    client.provider.clock.advance(1)
    _, second = signed_in(client, max_age="10000")
    assert client.at.pages == []
    assert second["auth_time"] == first["auth_time"]


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(client: ConformanceClient) -> None:
    signed_in(client, extra="foobar")


def test_oidcc_id_token_hint(client: ConformanceClient) -> None:
    tokens, first = signed_in(client)
    _, second = signed_in(client, prompt="none", id_token_hint=tokens["id_token"])
    assert second["sub"] == first["sub"]


def test_oidcc_login_hint(client: ConformanceClient) -> None:
    page = client.at.browser.get(client.send(client.request(login_hint="buffy@suite.example")).headers["Location"])
    assert 'value="buffy@suite.example"' in page.text
    signed_in(client, login_hint="buffy@suite.example")


def test_oidcc_ui_locales(client: ConformanceClient) -> None:
    assert "es" in client.metadata["ui_locales_supported"]
    page = client.at.browser.get(client.send(client.request(ui_locales="es")).headers["Location"])
    assert '<html lang="es"' in page.text
    signed_in(client, ui_locales="se")


def test_oidcc_claims_locales(client: ConformanceClient) -> None:
    signed_in(client, claims_locales="se")


def test_oidcc_ensure_request_with_acr_values_succeeds(client: ConformanceClient) -> None:
    signed_in(client, acr_values="1 2")
    _, claims = signed_in(client, acr_values=" ".join(client.metadata["acr_values_supported"]))
    assert claims["acr"] in client.metadata["acr_values_supported"]


def test_oidcc_codereuse(client: ConformanceClient) -> None:
    code = client.authorize()["code"]
    tokens_of(client, client.redeem(code))
    assert invalid_grant(client.redeem(code))


def test_oidcc_codereuse_30seconds(client: ConformanceClient) -> None:
    code = client.authorize()["code"]
    tokens = tokens_of(client, client.redeem(code))
    client.provider.clock.advance(30)
    assert invalid_grant(client.redeem(code))
    assert client.userinfo(tokens["access_token"]).status_code == 401


def test_oidcc_ensure_registered_redirect_uri(client: ConformanceClient) -> None:
    answer = client.send(client.request(redirect_uri=client.redirect_uri + "/not-registered"))
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


def test_oidcc_ensure_post_request_succeeds(client: ConformanceClient) -> None:
    found = client.succeeded(client.at.go_on(client.send(client.request(), "POST")))
    tokens = tokens_of(client, client.redeem(found["code"]))
    assert holds_nonce(client, id_token_of(client, tokens))


@pytest.mark.parametrize("response_mode", ["", "form_post"])
def test_oidcc_server_client_secret_post(register: Register, response_mode: str) -> None:
    client = register(token_endpoint_auth_method="client_secret_post")
    client.response_mode = response_mode
    assert "client_secret_post" in client.metadata["token_endpoint_auth_methods_supported"]
    signed_in(client)


def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(
    client: ConformanceClient,
) -> None:
    """And `oidcc-request-uri-unsigned-...`, `oidcc-ensure-request-object-with-redirect-uri`: the suite skips all three when
    `none` is not among the algorithms; what must never happen is that the object is ignored."""
    assert "none" not in client.metadata["request_object_signing_alg_values_supported"]
    inside = client.request()
    answer = client.send({**client.request(), "request": signing.unsigned(inside)})
    assert client.callback(answer)["error"] in ("invalid_request_object", "request_not_supported")


def test_oidcc_claims_essential(client: ConformanceClient) -> None:
    tokens, claims = signed_in(client, claims=json.dumps({"userinfo": {"name": {"essential": True}}}))
    assert _claims(client, client.userinfo(tokens["access_token"]), claims["sub"])["name"]
    assert "name" not in claims


def test_oidcc_refresh_token(client: ConformanceClient, register: Register) -> None:
    assert "refresh_token" in client.metadata["grant_types_supported"]
    other = register()
    for asks, nonce, scope in ((client, "n" * 10, {"scope": "openid offline_access"}), (other, "n" * 39 + "-._~", {})):
        tokens, first = signed_in(asks, scope="openid offline_access", prompt="consent", nonce=nonce)
        asks.provider.clock.advance(1)
        refreshed = tokens_of(asks, asks.refresh(tokens["refresh_token"], **scope))
        again = id_token_of(asks, refreshed)
        assert refreshed["access_token"] != tokens["access_token"]
        for name in ("iss", "sub", "aud", "azp", "auth_time"):
            assert again[name] == first[name]
        assert again["iat"] > first["iat"]
        assert again.get("nonce") in (None, first["nonce"])
        assert asks.userinfo(refreshed["access_token"]).status_code == 200
    assert invalid_grant(client.refresh(refreshed.get("refresh_token", tokens["refresh_token"])))


def test_oidcc_ensure_request_with_valid_pkce_succeeds(client: ConformanceClient) -> None:
    verifier = "the-suite-s-verifier-of-more-than-forty-three-characters"
    found = client.authorize(code_challenge=signing.sha256(verifier), code_challenge_method="S256")
    tokens_of(client, client.redeem(found["code"], code_verifier=verifier))
