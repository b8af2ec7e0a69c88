"""Signed answers (JARM): one parameter, `response`, a JWT for this client, in the query or in a form."""

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from werkzeug.test import TestResponse

from idp.keyring.keyring import NoActiveKey
from tests.protocol.provider import Provider, RelyingParty, answer_of, form_of


def content(provider: Provider, response: str, alg: str = "RS256") -> dict[str, Any]:
    keys = KeySet.import_key_set(provider.browser().get("/jwks").json)
    token = jwt.decode(response, keys, algorithms=[alg])
    assert set(token.header) == {"alg", "kid", "typ"}
    return dict(token.claims)


def ask(provider: Provider, rp: RelyingParty, mode: str, **changes: str | None) -> TestResponse:
    return provider.authorize(provider.sign_in(provider.person()), rp.request(response_mode=mode, **changes))


@pytest.mark.parametrize("mode", ["jwt", "query.jwt"])
def test_2_3_1_the_query_holds_one_signed_parameter(provider: Provider, rp: RelyingParty, mode: str) -> None:
    answer = answer_of(ask(provider, rp, mode))
    assert set(answer) == {"response"}
    claims = content(provider, answer["response"])
    assert set(claims) == {"iss", "aud", "exp", "code", "state", "session_state"}
    assert (claims["iss"], claims["aud"], claims["state"]) == (provider.issuer, rp.client_id, "st-1")
    assert claims["exp"] == provider.clock.now() + 600
    assert provider.redeem(rp, claims["code"]).status_code == 200


def test_2_3_3_the_form_holds_one_signed_field(provider: Provider, rp: RelyingParty) -> None:
    _, fields = form_of(ask(provider, rp, "form_post.jwt", state='a"&<b>'))
    assert set(fields) == {"response"}
    assert content(provider, fields["response"])["state"] == 'a"&<b>'


@pytest.mark.parametrize("mode", ["jwt", "query.jwt"])
def test_2_1_errors_are_signed_as_well(provider: Provider, rp: RelyingParty, mode: str) -> None:
    answer = answer_of(ask(provider, rp, mode, scope="email"))
    claims = content(provider, answer["response"])
    assert set(claims) == {"iss", "aud", "exp", "error", "error_description", "state", "session_state"}
    assert claims["error"] == "invalid_scope"


def test_3_the_client_chooses_the_algorithm(provider: Provider) -> None:
    rp = provider.register(authorization_signed_response_alg="ES256")
    assert "code" in content(provider, answer_of(ask(provider, rp, "jwt"))["response"], "ES256")


def test_a_signed_answer_is_no_id_token_hint(provider: Provider, rp: RelyingParty) -> None:
    response = answer_of(ask(provider, rp, "jwt"))["response"]
    assert answer_of(ask(provider, rp, "query", id_token_hint=response))["error"] == "invalid_request"


def test_fragment_modes_do_not_exist(provider: Provider, rp: RelyingParty) -> None:
    for mode in ("fragment.jwt", "fragment", "jwt.query", "JWT"):
        assert answer_of(ask(provider, rp, mode))["error"] == "invalid_request"


def test_without_a_key_nothing_leaves_unsigned(provider: Provider, rp: RelyingParty) -> None:
    keyring = provider.house.keys.keyring
    signing_key, keyring.signing_key = keyring.signing_key, _none  # type: ignore[method-assign]
    try:
        answer = ask(provider, rp, "jwt")
    finally:
        keyring.signing_key = signing_key  # type: ignore[method-assign]
    assert answer.status_code == 503
    assert "Location" not in answer.headers


def _none(alg: str) -> Any:
    raise NoActiveKey(alg)
