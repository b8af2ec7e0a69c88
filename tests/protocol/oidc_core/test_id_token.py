"""The ID Token (OIDC Core 2), its algorithm, and what it says after a refresh (12.2)."""

import base64
from hashlib import sha256

from joserfc import jwt
from joserfc.jwk import KeySet

from tests.protocol.provider import Provider, RelyingParty, claims_of, header_of


def test_a_client_verifies_it_with_the_jwks(provider: Provider, rp: RelyingParty) -> None:
    tokens = provider.tokens(rp, provider.person())
    keys = KeySet.import_key_set(provider.browser().get("/jwks").json)
    decoded = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
    assert decoded.header["typ"] == "JWT"
    assert decoded.claims["aud"] == rp.client_id


def test_es256_for_clients_that_registered_it(provider: Provider) -> None:
    modern = provider.register(id_token_signed_response_alg="ES256")
    assert header_of(provider.tokens(modern, provider.person())["id_token"])["alg"] == "ES256"


def test_3_1_3_6_at_hash_is_of_the_access_token(provider: Provider, rp: RelyingParty) -> None:
    tokens = provider.tokens(rp, provider.person())
    half = sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims_of(tokens["id_token"])["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()


def test_without_a_nonce_in_the_request_there_is_none(provider: Provider, rp: RelyingParty) -> None:
    assert "nonce" not in claims_of(provider.tokens(rp, provider.person(), nonce=None)["id_token"])


def test_5_4_scope_claims_are_at_userinfo_only_but_mes_is_in_both(provider: Provider) -> None:
    mmis = provider.register(module="mmis")
    person = provider.person("mmis", roles=("biller", "reader"))
    with provider.house.database.transaction() as connection:
        provider.house.modules.catalogue.add_external_id(connection, person.id, "mmis", "E600124")
    id_token = claims_of(provider.tokens(mmis, person, scope="openid profile email mes")["id_token"])
    assert id_token["roles"] == ["biller", "reader"]
    assert id_token["e6code"] == "E600124"
    assert not {"email", "name"} & id_token.keys()


def test_12_2_after_a_refresh_auth_time_and_sid_stay_and_nonce_goes(provider: Provider, rp: RelyingParty) -> None:
    first = provider.tokens(rp, provider.person())
    provider.clock.advance(200)
    before, after = (
        claims_of(first["id_token"]),
        claims_of(provider.refresh(rp, first["refresh_token"]).json["id_token"]),
    )
    assert after["iat"] == before["iat"] + 200
    assert "nonce" not in after
    for name in ("iss", "sub", "aud", "azp", "auth_time", "acr", "amr", "sid"):
        assert after[name] == before[name]


def test_sid_is_the_session_s_at_every_client(provider: Provider, rp: RelyingParty) -> None:
    browser = provider.sign_in(provider.person())
    other = provider.register()
    at_one = provider.redeem(rp, provider.code(browser, rp)).json
    at_other = provider.redeem(other, provider.code(browser, other)).json
    assert claims_of(at_one["id_token"])["sid"] == claims_of(at_other["id_token"])["sid"]
