"""Signed userinfo (OIDC Core 5.3.2), and that no JWT of ours is taken for an ID Token (RFC 8725 3.12)."""

from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet
from joserfc.util import urlsafe_b64decode
from sqlalchemy import update

from idp.keyring.model import signing_keys
from idp.oidc.jose import Jose
from idp.store.versions import bump
from tests.protocol.provider import Provider, answer_of, bearer, claims_of, header_of

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")


def verified(provider: Provider, token: str, alg: str) -> dict[str, Any]:
    """Return the claims of a token that verifies with the JWKS that clients see, as a client does it."""
    keys = KeySet.import_key_set(provider.browser().get("/jwks").json)
    name = {"EdDSA": "Ed25519"}.get(alg, alg)
    model = jws.JWSRegistry(algorithms=[name]).get_alg(name)
    found = jws.extract_compact(token.encode())
    assert found.headers()["alg"] == alg
    key = keys.get_by_kid(found.headers()["kid"], {"alg": alg, "use": "sig"})
    signed, _, signature = token.encode().rpartition(b".")
    assert model.verify(signed, urlsafe_b64decode(signature), key)
    return claims_of(token)


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_5_3_2_it_is_a_jwt_for_the_client_that_is_registered_for_it(provider: Provider, alg: str) -> None:
    rp = provider.register(userinfo_signed_response_alg=alg)
    person = provider.person()
    token = provider.tokens(rp, person, scope="openid email")["access_token"]
    for method in ("GET", "POST"):
        answer = provider.browser().open("/userinfo", method=method, headers=bearer(token))
        assert (answer.status_code, answer.content_type) == (200, "application/jwt")
        assert answer.headers["Cache-Control"] == "no-store"
        assert verified(provider, answer.text, alg) == {
            "iss": provider.issuer,
            "aud": rp.client_id,
            "sub": person.sub,
            "email": person.user_id,
            "email_verified": True,
        }
    said = provider.browser().get("/.well-known/openid-configuration").json or {}
    assert said["userinfo_signing_alg_values_supported"] == list(ALGORITHMS)


def test_without_a_key_it_is_503_and_never_unsigned(provider: Provider) -> None:
    rp = provider.register(userinfo_signed_response_alg="PS256")
    token = provider.tokens(rp, provider.person())["access_token"]
    with provider.house.database.transaction() as connection:
        connection.execute(update(signing_keys).where(signing_keys.c.alg == "PS256").values(alg="ML-DSA-44"))
        bump(connection, "keys")
    provider.clock.advance(1)
    provider.house.keys.keyring.check()
    answer = provider.userinfo(token)
    assert answer.status_code == 503
    assert set(answer.json or {}) == {"error", "error_description"}


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_an_id_token_of_each_algorithm_is_a_hint(provider: Provider, alg: str) -> None:
    rp = provider.register(id_token_signed_response_alg=alg)
    person = provider.person()
    tokens = provider.tokens(rp, person)
    assert verified(provider, tokens["id_token"], alg)["sub"] == person.sub
    provider.clock.advance(4_000)
    assert provider.code(provider.sign_in(person), rp, id_token_hint=tokens["id_token"], prompt="none")


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_no_other_jwt_of_ours_is_a_hint(provider: Provider, alg: str) -> None:
    rp = provider.register(
        id_token_signed_response_alg=alg, userinfo_signed_response_alg=alg, authorization_signed_response_alg=alg
    )
    person = provider.person()
    browser = provider.sign_in(person)
    tokens = provider.tokens(rp, person)
    others = {
        "access token": tokens["access_token"],
        "userinfo": provider.userinfo(tokens["access_token"]).text,
        "answer": answer_of(provider.authorize(browser, rp.request(response_mode="jwt")))["response"],
        "logout token": _signed(provider, claims_of(tokens["id_token"]) | {"events": {}}, alg, "logout+jwt"),
        "introspection": _signed(provider, claims_of(tokens["id_token"]), alg, "token-introspection+jwt"),
        "without its session": _signed(provider, {**claims_of(tokens["id_token"]), "sid": None}, alg, "JWT"),
        "without times": _signed(provider, {**claims_of(tokens["id_token"]), "auth_time": None}, alg, "JWT"),
    }
    assert header_of(others["userinfo"])["typ"] == header_of(others["answer"])["typ"] == "JWT"
    for name, text in others.items():
        answer = answer_of(provider.authorize(browser, rp.request(id_token_hint=text, prompt="none")))
        assert answer.get("error") == "invalid_request", name


def _signed(provider: Provider, claims: dict[str, Any], alg: str, typ: str) -> str:
    return Jose(provider.house.keys.keyring, provider.clock, provider.issuer).sign(claims, alg, typ)


def test_a_request_object_is_no_hint(provider: Provider) -> None:
    key = ECKey.generate_key("P-256", {"kid": "ec"})
    rp = provider.register(jwks={"keys": [key.as_dict(private=False)]})
    text = jwt.encode({"alg": "ES256", "kid": "ec"}, {"iss": rp.client_id, **rp.request()}, key, ["ES256"])
    answer = provider.authorize(provider.browser(), rp.request(id_token_hint=text, prompt="none"))
    assert answer_of(answer)["error"] == "invalid_request"
