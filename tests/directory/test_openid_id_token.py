"""Evil ID Tokens and keys of an upstream: none lets anybody in (OIDC Core 3.1.3.7, RFC 8725)."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey

from idp.directory.openid_documents import KEEP_SECONDS, REFETCH_SECONDS
from idp.directory.upstream import Arrived, NotArrived, UpstreamAway
from tests.directory.openid_there_and_back import OPEN, go
from tests.servers.scripted_upstream import CLIENT_ID, CLIENT_SECRET, ScriptedUpstream


def test_the_right_answer_is_taken(connect: OPEN, upstream: ScriptedUpstream) -> None:
    came = go(connect(), upstream)
    assert isinstance(came, Arrived)
    assert (came.issuer, came.subject, came.email) == (upstream.issuer, "subject-1", "dana@dmas.virginia.gov")


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": "https://evil.example"}, "id_token_iss"),
        ({"iss": ["x"]}, "id_token_iss"),
        ({"iss": None}, "id_token_iss"),
        ({"aud": "another-client"}, "id_token_aud"),
        ({"aud": [CLIENT_ID, "another-client"]}, "id_token_aud"),
        ({"aud": [CLIENT_ID, "another-client"], "azp": CLIENT_ID}, "id_token_aud"),
        ({"aud": []}, "id_token_aud"),
        ({"aud": None}, "id_token_aud"),
        ({"azp": "another-client"}, "id_token_azp"),
        ({"nonce": "another"}, "id_token_nonce"),
        ({"nonce": None}, "id_token_nonce"),
        ({"nonce": "", "nonce_supported": False}, "id_token_nonce"),
        ({"exp": 1}, "id_token_time"),
        ({"exp": None}, "id_token_time"),
        ({"exp": True}, "id_token_time"),
        ({"exp": "9999999999"}, "id_token_time"),
        ({"exp": float("inf")}, "id_token_time"),
        ({"exp": float("nan")}, "id_token_time"),
        ({"auth_time": float("inf")}, "auth_time"),
        ({"auth_time": float("nan")}, "auth_time"),
        ({"auth_time": 10**400}, "auth_time"),
        ({"auth_time": {}}, "auth_time"),
        ({"nonce": "\ud800"}, "id_token_nonce"),
        ({"at_hash": "\ud800"}, "id_token"),
        ({"sub": "\ud800"}, "id_token_sub"),
        ({"iat": None}, "id_token_time"),
        ({"iat": 9_999_999_999}, "id_token_time"),
        ({"nbf": 9_999_999_999}, "id_token_time"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "id_token_at_hash"),
        ({"at_hash": 1}, "id_token_at_hash"),
        ({"sub": None}, "id_token_sub"),
        ({"sub": ""}, "id_token_sub"),
        ({"sub": 7}, "id_token_sub"),
        ({"sub": "x" * 256}, "id_token_sub"),
        ({"sub": "ä"}, "id_token_sub"),
        ({"sub": "a\nb"}, "id_token_sub"),
    ],
)
def test_a_wrong_claim_proves_nobody(
    connect: OPEN, upstream: ScriptedUpstream, claims: dict[str, Any], reason: str
) -> None:
    upstream.claims = claims
    assert go(connect(), upstream) == NotArrived(reason)  # type: ignore[arg-type]


def test_an_id_token_without_at_hash_or_of_a_list_of_one_audience_is_right(
    connect: OPEN, upstream: ScriptedUpstream
) -> None:
    upstream.claims = {"at_hash": None, "aud": [CLIENT_ID], "azp": CLIENT_ID}
    assert isinstance(go(connect(), upstream), Arrived)


@pytest.mark.parametrize("alg", ["none", "None", "nOnE"])
def test_an_unsigned_id_token_proves_nobody(connect: OPEN, upstream: ScriptedUpstream, alg: str) -> None:
    upstream.alg, upstream.header = "none", {"alg": alg}
    assert go(connect(), upstream) == NotArrived("id_token_alg")


def test_an_id_token_signed_with_a_public_key_as_secret_proves_nobody(
    connect: OPEN, upstream: ScriptedUpstream
) -> None:
    upstream.alg = "HS256"
    for secret in (upstream.keys[0].as_pem(private=False), CLIENT_SECRET.encode(), b""):
        upstream.secret = secret
        assert go(connect(), upstream) == NotArrived("id_token_alg")


def test_only_algorithms_of_our_settings_are_taken_whatever_the_metadata_says(
    connect: OPEN, upstream: ScriptedUpstream
) -> None:
    upstream.keys = [upstream.signer, ECKey.generate_key("P-256", {"kid": "ec"})]
    upstream.alg, upstream.signer = "ES256", upstream.keys[1]
    assert go(connect(), upstream) == NotArrived("id_token_alg")
    assert isinstance(go(connect(algorithms=["ES256"]), upstream), Arrived)
    upstream.alg, upstream.signer = "PS256", upstream.keys[0]
    assert go(connect(), upstream) == NotArrived("id_token_alg")


@pytest.mark.parametrize("header", [{"typ": "at+jwt"}, {"typ": "logout+jwt"}, {"typ": 1}])
def test_a_token_of_another_kind_is_no_id_token(
    connect: OPEN, upstream: ScriptedUpstream, header: dict[str, Any]
) -> None:
    upstream.header = header
    assert go(connect(), upstream) in (NotArrived("id_token_type"), NotArrived("id_token"))


def test_a_key_of_the_same_name_is_not_the_key(connect: OPEN, upstream: ScriptedUpstream) -> None:
    upstream.signer, upstream.header = upstream.other_key(), {"kid": "key-0"}
    assert go(connect(), upstream) == NotArrived("id_token")


def test_a_key_that_comes_with_the_token_is_not_looked_at(connect: OPEN, upstream: ScriptedUpstream) -> None:
    upstream.signer = upstream.other_key()
    upstream.header = {
        "kid": "key-0",
        "jwk": upstream.other_key().as_dict(private=False),
        "jku": "https://evil.example/",
    }
    assert go(connect(), upstream) == NotArrived("id_token")


def test_rotated_keys_are_fetched_at_most_once_a_minute(
    connect: OPEN, upstream: ScriptedUpstream, machine: list[float]
) -> None:
    connector = connect()
    assert isinstance(go(connector, upstream), Arrived)
    upstream.keys, upstream.signer = [upstream.other_key()], upstream.other_key()
    machine[0] += REFETCH_SECONDS + 1
    assert isinstance(go(connector, upstream), Arrived)
    assert upstream.asked.count("/jwks") == 2
    # A key that is published nowhere does not make us ask again and again.
    upstream.header = {"kid": "nowhere"}
    for _ in range(3):
        assert go(connector, upstream) == UpstreamAway()
    assert upstream.asked.count("/jwks") == 2
    upstream.header = {}
    assert isinstance(go(connector, upstream), Arrived)
    machine[0] += KEEP_SECONDS + 1
    assert isinstance(go(connector, upstream), Arrived)
    assert upstream.asked.count("/jwks") == 3
    assert upstream.asked.count("/.well-known/openid-configuration") == 2


def test_a_token_that_names_no_key_needs_a_single_one(connect: OPEN, upstream: ScriptedUpstream) -> None:
    upstream.header = {"kid": None}
    assert isinstance(go(connect(), upstream), Arrived)
    upstream.keys = [upstream.signer, upstream.other_key()]
    assert go(connect(), upstream) == UpstreamAway()


@pytest.mark.parametrize("published", [{"keys": "none"}, {}, [], "x", {"keys": [1, None, {"kty": "RSA"}]}])
def test_broken_keys_are_an_upstream_that_is_away(connect: OPEN, upstream: ScriptedUpstream, published: object) -> None:
    right = upstream._document
    upstream._document = lambda path, *rest: published if path == "/jwks" else right(path, *rest)  # type: ignore[method-assign]
    assert go(connect(), upstream) == UpstreamAway()


def test_small_private_and_symmetric_keys_are_not_used(connect: OPEN, upstream: ScriptedUpstream) -> None:
    right, published = upstream._document, dict[str, Any]()
    upstream._document = lambda path, *rest: published if path == "/jwks" else right(path, *rest)  # type: ignore[method-assign]
    numbers = rsa.generate_private_key(65537, 1024).public_key().public_numbers()
    small = {"kty": "RSA", "e": "AQAB", "n": base64.urlsafe_b64encode(numbers.n.to_bytes(128)).decode().rstrip("=")}
    for key in (small, upstream.signer.as_dict(private=True), {"kty": "oct", "k": "eA"}):
        published["keys"] = [key | {"kid": "key-0"}]
        assert go(connect(), upstream) == UpstreamAway()


@pytest.mark.parametrize(
    "token", ["", "a", "a.b", "a.b.c", "..", "e30.e30.e30", "x" * 20_000, "[.[.[", "bnVsbA.bnVsbA.x"]
)
def test_what_is_no_id_token_proves_nobody(connect: OPEN, upstream: ScriptedUpstream, token: str) -> None:
    upstream.token_answer = {"access_token": "x", "token_type": "Bearer", "id_token": token}
    assert go(connect(), upstream) in (NotArrived("id_token"), NotArrived("id_token_alg"))
