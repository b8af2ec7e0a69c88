"""Keys rotate while people sign in and clients refresh: no client meets a token that it cannot verify (SECURITY J5)."""

import time
from typing import Any

import pytest
from joserfc.util import urlsafe_b64decode

from idp.audit.trail import OPERATOR
from idp.keyring.make_key import ALGORITHMS, Algorithm
from idp.keyring.rotate import Rotated
from idp.oidc.jose import half_hash
from tests.protocol.careful_client import CarefulClient
from tests.protocol.provider import Provider, RelyingParty, answer_of, header_of

NOTICED = 1.1
"""After so many seconds every process has noticed a change."""


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_people_sign_in_and_clients_refresh_while_keys_rotate(provider: Provider, alg: Algorithm) -> None:
    """published -> active -> retiring -> gone, with a client that never fetches the keys early."""
    settings = provider.house.settings.keys
    rp = provider.register(
        id_token_signed_response_alg=alg,
        userinfo_signed_response_alg=alg,
        authorization_signed_response_alg=alg,
        grant_types=["authorization_code", "refresh_token"],
    )
    client, person = CarefulClient(provider), provider.person()
    client.fetch()
    first = provider.house.keys.keyring.signing_key(alg).kid
    tokens = _signed_in(provider, client, rp, person, alg)
    old_hint = tokens["id_token"]

    provider.clock.advance(60)
    second = provider.house.keys.rotation.rotate(alg, OPERATOR)
    assert isinstance(second, Rotated)
    time.sleep(NOTICED)
    tokens = _refreshed(provider, client, rp, tokens, alg)
    assert header_of(tokens["id_token"])["kid"] == first
    client.fetch()  # as everybody does within the time that the JWKS may be kept

    provider.clock.advance(settings.publish_seconds)
    fetched = client.fetched
    tokens = _refreshed(provider, client, rp, tokens, alg)
    assert header_of(tokens["id_token"])["kid"] == second.kid
    _signed_in(provider, client, rp, person, alg)
    client.verify(old_hint, alg)
    assert client.fetched == fetched
    assert provider.code(provider.sign_in(person), rp, id_token_hint=old_hint, prompt="none")

    provider.clock.advance(settings.retire_seconds)
    shown = {key["kid"] for key in (provider.browser().get("/jwks").json or {})["keys"]}
    assert first not in shown
    assert second.kid in shown
    answer = provider.authorize(provider.sign_in(person), rp.request(id_token_hint=old_hint, prompt="none"))
    assert answer_of(answer)["error"] == "invalid_request"
    _signed_in(provider, client, rp, person, alg)


def test_access_tokens_of_before_open_userinfo_until_they_run_out(provider: Provider) -> None:
    tokens = provider.tokens(provider.register(), provider.person())
    provider.clock.advance(60)
    rotated = provider.house.keys.rotation.rotate("ES256", OPERATOR, now_please=True)
    assert isinstance(rotated, Rotated)
    provider.clock.advance(10)
    time.sleep(NOTICED)
    fresh = provider.tokens(provider.register(), provider.person())
    assert header_of(fresh["access_token"])["kid"] == rotated.kid != header_of(tokens["access_token"])["kid"]
    assert provider.userinfo(tokens["access_token"]).status_code == 200
    assert provider.userinfo(fresh["access_token"]).status_code == 200


def test_what_a_revoked_key_signed_verifies_no_more_and_sign_ins_go_on(provider: Provider) -> None:
    rp, person = provider.register(id_token_signed_response_alg="EdDSA"), provider.person()
    tokens = provider.tokens(rp, person)
    hint, used_before = tokens["id_token"], tokens["access_token"]
    assert provider.userinfo(used_before).status_code == 200
    for token in (hint, used_before):
        provider.house.keys.withdrawal.revoke(header_of(token)["kid"], OPERATOR)
    time.sleep(NOTICED)
    assert provider.userinfo(used_before).status_code == 401
    answer = provider.authorize(provider.sign_in(person), rp.request(id_token_hint=hint, prompt="none"))
    assert answer_of(answer)["error"] == "invalid_request"
    client = CarefulClient(provider)
    client.verify(provider.tokens(rp, person)["id_token"], "EdDSA")


def _signed_in(provider: Provider, client: CarefulClient, rp: RelyingParty, person: Any, alg: str) -> dict[str, Any]:
    """Sign in, with everything signed that can be, and verify it all."""
    browser = provider.sign_in(person)
    signed = answer_of(provider.authorize(browser, rp.request(response_mode="jwt")))["response"]
    answer = provider.redeem(rp, client.verify(signed, alg)["code"])
    assert answer.status_code == 200
    return _verified(provider, client, dict(answer.json or {}), alg)


def _refreshed(
    provider: Provider, client: CarefulClient, rp: RelyingParty, tokens: dict[str, Any], alg: str
) -> dict[str, Any]:
    answer = provider.refresh(rp, tokens["refresh_token"])
    assert answer.status_code == 200
    return _verified(provider, client, dict(answer.json or {}), alg)


def _verified(provider: Provider, client: CarefulClient, tokens: dict[str, Any], alg: str) -> dict[str, Any]:
    claims = client.verify(tokens["id_token"], alg)
    assert claims["at_hash"] == half_hash(tokens["access_token"], alg)
    assert len(urlsafe_b64decode(claims["at_hash"].encode())) == (32 if alg == "EdDSA" else 16)
    client.verify(tokens["access_token"], "ES256")
    told = client.verify(provider.userinfo(tokens["access_token"]).text, alg)
    assert told["sub"] == claims["sub"]
    return tokens
