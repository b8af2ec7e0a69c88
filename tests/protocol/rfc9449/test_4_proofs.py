"""What a proof must be (RFC 9449 4.2, 4.3): everything else is refused, at the token endpoint and at a resource."""

import base64
import hmac
import json
import secrets
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey

from tests.protocol.possession import LEFT_OUT, ProofKey, encoded, hash_of, new_code
from tests.protocol.provider import Provider, RelyingParty, claims_of

KEY = ProofKey()
RSA = ProofKey.rsa()


@pytest.fixture(scope="module")
def rp(module_provider: Provider) -> RelyingParty:
    return module_provider.register()


@pytest.fixture(scope="module")
def token(module_provider: Provider, rp: RelyingParty) -> str:
    answer = KEY.redeem(module_provider, rp, new_code(module_provider, rp))
    return str(answer.json["access_token"])


@pytest.mark.parametrize("key", [KEY, RSA, ProofKey.ed25519(), ProofKey.ed25519("Ed25519")], ids=lambda key: key.alg)
def test_4_2_every_algorithm_that_discovery_names(module_provider: Provider, rp: RelyingParty, key: ProofKey) -> None:
    answer = key.redeem(module_provider, rp, new_code(module_provider, rp))
    assert answer.status_code == 200, answer.text
    assert answer.json.keys() == {"access_token", "token_type", "expires_in", "scope", "id_token"}
    assert answer.json["token_type"] == "DPoP"
    assert claims_of(answer.json["access_token"])["cnf"] == {"jkt": key.jkt}
    assert "cnf" not in claims_of(answer.json["id_token"])
    assert key.userinfo(module_provider, answer.json["access_token"]).status_code == 200


def test_discovery_names_the_algorithms(module_provider: Provider) -> None:
    document = module_provider.browser().get("/.well-known/openid-configuration").json
    assert document["dpop_signing_alg_values_supported"] == ["ES256", "PS256", "EdDSA", "Ed25519"]


def _public(key: Any) -> dict[str, Any]:
    return dict(key.as_dict(private=False))


WRONG_HEADERS = {
    "typ missing": {"typ": LEFT_OUT},
    "typ of another kind": {"typ": "JWT"},
    "typ in capitals": {"typ": "DPOP+JWT"},
    "alg missing": {"alg": LEFT_OUT},
    "alg none": {"alg": "none"},
    "alg symmetric": {"alg": "HS256"},
    "alg not supported": {"alg": "ES384"},
    "alg of another key": {"alg": "PS256"},
    "jwk missing": {"jwk": LEFT_OUT},
    "jwk is text": {"jwk": "key"},
    "jwk is another key": {"jwk": _public(ECKey.generate_key("P-256"))},
    "jwk with its private half": {"jwk": KEY.key.as_dict(private=True)},
    "jwk symmetric": {"jwk": OctKey.generate_key(256).as_dict(private=True)},
    "jwk on a curve that is not supported": {"jwk": _public(ECKey.generate_key("P-384"))},
    "jwk of RSA with 1024 bits": {"jwk": {"kty": "RSA", "e": "AQAB", "n": "w" * 171}},
    "jwk of RSA with a monstrous exponent": {"jwk": _public(RSA.key) | {"e": "A" * 300}},
    "jwk broken": {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
    "jwk off the curve": {"jwk": {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}},
    "jwk empty": {"jwk": {}},
    "unknown crit (CVE-2025-59420)": {"crit": ["x"], "x": 1},
    "a key by reference": {"jwk": LEFT_OUT, "jku": "https://evil.example/keys"},
}
WRONG_CLAIMS = {
    "jti missing": {"jti": LEFT_OUT},
    "jti empty": {"jti": ""},
    "jti a number": {"jti": 7},
    "jti too long": {"jti": "x" * 257},
    "htm missing": {"htm": LEFT_OUT},
    "htm of another method": {"htm": "PUT"},
    "htm in small letters": {"htm": "post"},
    "half a character": {"htm": "\ud800"},
    "htu missing": {"htu": LEFT_OUT},
    "htu of another address": {"htu": "http://localhost:8080/tokens"},
    "htu of another host": {"htu": "http://localhost.evil.example:8080/token"},
    "htu of another port": {"htu": "http://localhost/token"},
    "htu of another scheme": {"htu": "https://localhost:8080/token"},
    "htu with a user": {"htu": "http://a@localhost:8080/token"},
    "htu a list": {"htu": ["http://localhost:8080/token"]},
    "htu no address": {"htu": "http://[::1/token"},
    "htu relative": {"htu": "/token"},
    "iat missing": {"iat": LEFT_OUT},
    "iat text": {"iat": "1"},
    "iat true": {"iat": True},
    "iat no number": {"iat": float("nan")},
    "iat endless": {"iat": float("inf")},
    "ath a number": {"ath": 7},
}


@pytest.mark.parametrize("change", WRONG_HEADERS.values(), ids=WRONG_HEADERS.keys())
def test_4_3_a_wrong_header(module_provider: Provider, rp: RelyingParty, token: str, change: dict[str, Any]) -> None:
    _is_refused(module_provider, rp, KEY.proof(module_provider, header=change))
    at_userinfo = KEY.proof(module_provider, "/userinfo", "GET", token=token, header=change)
    _is_refused_at_userinfo(module_provider, token, at_userinfo)


@pytest.mark.parametrize("change", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS.keys())
def test_4_3_a_wrong_claim(module_provider: Provider, rp: RelyingParty, change: dict[str, Any]) -> None:
    _is_refused(module_provider, rp, KEY.proof(module_provider, **change))


def test_4_3_what_is_no_signed_jwt(module_provider: Provider, rp: RelyingParty) -> None:
    header, claims, signature = KEY.proof(module_provider).split(".")
    shown, said = KEY.key.as_dict(private=False), json.loads('{"a":1}')
    for proof in (
        "",
        " ",
        "x",
        f"{header}.{claims}",
        f"{header}.{claims}.",
        f"{header}.{claims}.{signature[:-4]}AAAA",
        f"{header}.{encoded([])}.{signature}",
        KEY.sign({"typ": "dpop+jwt", "alg": "ES256", "jwk": shown}, [said]),  # type: ignore[arg-type]
        f"{encoded({'typ': 'dpop+jwt', 'alg': 'none', 'jwk': shown})}.{claims}.",
        f"{encoded({'typ': 'dpop+jwt', 'alg': 'ES256', 'jwk': shown})}.{claims}.{signature}"[:-1],
        "A" * 10_000,
        "é",
    ):
        _is_refused(module_provider, rp, proof)


def test_4_3_1_two_proofs(module_provider: Provider, rp: RelyingParty, token: str) -> None:
    code = new_code(module_provider, rp)
    two = f"{KEY.proof(module_provider)},{KEY.proof(module_provider)}"
    _is_refused(module_provider, rp, two, code)
    assert KEY.redeem(module_provider, rp, code).status_code == 200
    one = KEY.proof(module_provider, "/userinfo", "GET", token=token)
    _is_refused_at_userinfo(module_provider, token, f"{one}, {one}")


def test_4_3_5_a_proof_that_rsa_signed_the_old_way(module_provider: Provider, rp: RelyingParty) -> None:
    """FAPI 2.0 5.4.1: PS256, ES256, EdDSA."""
    _is_refused(module_provider, rp, ProofKey(RSA.key, "RS256").proof(module_provider))


def test_4_3_5_a_public_key_is_no_secret(module_provider: Provider, rp: RelyingParty) -> None:
    """CVE-2024-37568: HMAC with the public key as its secret."""
    header = {"typ": "dpop+jwt", "alg": "HS256", "jwk": RSA.key.as_dict(private=False)}
    said = {"jti": "j", "htm": "POST", "htu": module_provider.issuer + "/token", "iat": module_provider.clock.now()}
    to_sign = f"{encoded(header)}.{encoded(said)}"
    secret = RSA.key.as_pem(private=False)
    signature = base64.urlsafe_b64encode(hmac.digest(secret, to_sign.encode(), "sha256")).rstrip(b"=").decode()
    _is_refused(module_provider, rp, f"{to_sign}.{signature}")


@pytest.mark.parametrize(
    "htu",
    [
        "HTTP://LOCALHOST:8080/token",
        "http://localhost:8080/token?a=b#c",
        "http://localhost:8080/%74oken",
        "http://localhost:8080/a/../token",
        "http://localhost:08080/token",
    ],
)
def test_4_3_9_the_same_address_in_other_words(module_provider: Provider, rp: RelyingParty, htu: str) -> None:
    answer = KEY.redeem(module_provider, rp, new_code(module_provider, rp), proof=KEY.proof(module_provider, htu=htu))
    assert answer.status_code == 200, answer.text


def test_4_3_9_what_the_request_calls_our_host_does_not_count(module_provider: Provider, rp: RelyingParty) -> None:
    proof = KEY.proof(module_provider, htu="http://localhost:9999/token")
    form = {"grant_type": "authorization_code", "code": new_code(module_provider, rp)}
    answer = module_provider.token(form, {"DPoP": proof, "Host": "localhost:9999", **rp.basic})
    assert answer.json["error"] == "invalid_dpop_proof"


def test_4_3_11_the_window(module_provider: Provider, rp: RelyingParty) -> None:
    now = module_provider.clock.now()
    for good in (now - 60, now - 10, now + 10, now + 30, now + 0.5):
        proof = KEY.proof(module_provider, iat=good)
        assert KEY.redeem(module_provider, rp, new_code(module_provider, rp), proof).status_code == 200
    for bad in (now - 61, now + 31, now - 3600, now + 3600, 0, -1, 10**30):
        _is_refused(module_provider, rp, KEY.proof(module_provider, iat=bad))


def test_half_a_character_is_as_good_a_jti_as_any(module_provider: Provider, rp: RelyingParty) -> None:
    proof = KEY.proof(module_provider, jti="\ud800")
    assert KEY.redeem(module_provider, rp, new_code(module_provider, rp), proof).status_code == 200
    _is_refused(module_provider, rp, proof)


def test_what_more_is_said_is_not_minded(module_provider: Provider, rp: RelyingParty) -> None:
    now = module_provider.clock.now()
    proof = KEY.proof(module_provider, header={"kid": "mine", "x": 1}, nbf=now, exp=now + 300, tx="1")
    assert KEY.redeem(module_provider, rp, new_code(module_provider, rp), proof).status_code == 200


def test_4_3_12_at_a_resource(module_provider: Provider, token: str) -> None:
    for change in ({"ath": hash_of("another")}, {"ath": LEFT_OUT}, {"ath": ""}, {"ath": "\ud800"}, {"htm": "POST"}):
        proof = KEY.proof(module_provider, "/userinfo", "GET", token=token, **change)
        _is_refused_at_userinfo(module_provider, token, proof)
    elsewhere = KEY.proof(module_provider, "/token", "GET", token=token)
    _is_refused_at_userinfo(module_provider, token, elsewhere)
    assert KEY.userinfo(module_provider, token).status_code == 200


def test_11_1_a_proof_is_good_once(module_provider: Provider, rp: RelyingParty, token: str) -> None:
    used = KEY.proof(module_provider, "/userinfo", "GET", token=token)
    assert KEY.userinfo(module_provider, token, used).status_code == 200
    _is_refused_at_userinfo(module_provider, token, used)
    again = {"jti": secrets.token_urlsafe(8)}
    code = new_code(module_provider, rp)
    assert KEY.redeem(module_provider, rp, code, KEY.proof(module_provider, **again)).status_code == 200
    other_code = new_code(module_provider, rp)
    _is_refused(module_provider, rp, KEY.proof(module_provider, **again), other_code)
    stranger = ProofKey()
    answer = stranger.redeem(module_provider, rp, other_code, stranger.proof(module_provider, **again))
    assert answer.status_code == 200


def _is_refused(provider: Provider, rp: RelyingParty, proof: str, code: str | None = None) -> None:
    answer = KEY.redeem(provider, rp, code or new_code(provider, rp), proof)
    assert answer.status_code == 400, answer.text
    assert answer.json.keys() == {"error", "error_description"}
    assert answer.json["error"] == "invalid_dpop_proof"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "DPoP-Nonce" in answer.headers


def _is_refused_at_userinfo(provider: Provider, token: str, proof: str) -> None:
    answer = KEY.userinfo(provider, token, proof)
    assert answer.status_code == 401, answer.text
    assert answer.json["error"] == "invalid_dpop_proof"
    told = answer.headers["WWW-Authenticate"]
    assert told.startswith('DPoP realm="mes", algs="ES256 PS256 EdDSA Ed25519", error="invalid_dpop_proof"')
    assert told.endswith(', Bearer realm="mes"')
