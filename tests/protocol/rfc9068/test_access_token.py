"""The access token is a JWT (RFC 9068), for one audience and no other use (RFC 8725 3.11, 3.12)."""

import base64
import json

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from tests.protocol.provider import Provider, RelyingParty, claims_of, header_of


def test_2_what_stands_in_it(provider: Provider, rp: RelyingParty) -> None:
    person = provider.person()
    token = provider.tokens(rp, person, scope="openid email")["access_token"]
    now = provider.clock.now()
    claims = claims_of(token)
    assert header_of(token)["alg"] == "ES256"
    assert {name: claims[name] for name in claims if name not in ("jti", "sid", "grant")} == {
        "iss": provider.issuer,
        "aud": provider.issuer + "/userinfo",
        "sub": person.sub,
        "client_id": rp.client_id,
        "scope": "openid email",
        "iat": now,
        "exp": now + 300,
        "auth_time": now,
        "acr": "urn:mes:acr:passcode",
    }
    assert len(claims["jti"]) >= 22


def test_a_client_s_own_token_is_for_another_audience(provider: Provider) -> None:
    machine = provider.register(grant_types=["client_credentials"], scope="mes")
    token = provider.token({"grant_type": "client_credentials"}, machine.basic).json["access_token"]
    claims = claims_of(token)
    assert claims.keys() == {"iss", "aud", "sub", "client_id", "scope", "iat", "exp", "jti"}
    assert (claims["sub"], claims["aud"]) == (machine.client_id, provider.issuer)
    assert provider.userinfo(token).status_code == 401


def test_an_id_token_is_no_access_token(provider: Provider) -> None:
    modern = provider.register(id_token_signed_response_alg="ES256")
    tokens = provider.tokens(modern, provider.person())
    assert provider.userinfo(tokens["id_token"]).status_code == 401


def _signed_by_us(provider: Provider, claims: dict[str, object], **header: object) -> str:
    key = provider.house.keys.keyring.signing_key("ES256")
    return jwt.encode({"alg": "ES256", "kid": key.kid, "typ": "at+jwt", **header}, claims, key, algorithms=["ES256"])


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example"},
        {"iss": ["http://localhost:8080"]},
        {"aud": "https://other.example"},
        {"aud": ["http://localhost:8080/userinfo"]},
        {"exp": 1},
        {"exp": "9999999999"},
        {"exp": True},
        {"exp": None},
        {"grant": "another"},
        {"client_id": "another"},
        {"scope": 7},
        {"cnf": "key"},
        {"cnf": {"jkt": "another"}},
    ],
)
def test_even_with_our_signature_every_claim_is_checked(
    provider: Provider, rp: RelyingParty, change: dict[str, object]
) -> None:
    claims = claims_of(provider.tokens(rp, provider.person())["access_token"])
    assert provider.userinfo(_signed_by_us(provider, claims)).status_code == 200
    assert provider.userinfo(_signed_by_us(provider, claims | change)).status_code == 401


def test_even_with_our_signature_the_type_is_checked(provider: Provider, rp: RelyingParty) -> None:
    claims = claims_of(provider.tokens(rp, provider.person())["access_token"])
    for typ in ("JWT", "logout+jwt", "AT+JWT", ""):
        assert provider.userinfo(_signed_by_us(provider, claims, typ=typ)).status_code == 401


def test_keys_and_algorithms_of_others_are_refused(provider: Provider, rp: RelyingParty) -> None:
    token = provider.tokens(rp, provider.person())["access_token"]
    claims, header = claims_of(token), header_of(token)
    stranger = ECKey.generate_key("P-256", {"kid": header["kid"], "use": "sig", "alg": "ES256"})
    public = KeySet.import_key_set(provider.browser().get("/jwks").json)
    pem = next(key for key in public.keys if key.kid == header["kid"]).as_pem(private=False)
    forged = [
        jwt.encode(header, claims, stranger, algorithms=["ES256"]),
        jwt.encode({**header, "jwk": stranger.as_dict(private=False)}, claims, stranger, algorithms=["ES256"]),
        _unsigned({**header, "alg": "none"}, claims),
        _unsigned({**header, "alg": "NoNe"}, claims),
        token.rsplit(".", 1)[0] + ".",
        token + "=",
    ]
    hmac_key = OctKey.import_key(base64.b64encode(pem))
    forged.append(jwt.encode({**header, "alg": "HS256"}, claims, hmac_key, algorithms=["HS256"]))
    for token in forged:
        assert provider.userinfo(token).status_code == 401


def _unsigned(header: dict[str, object], claims: dict[str, object]) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)]
    return ".".join([*parts, ""])
