"""Clients' public keys (RFC 7517 5, RFC 8725 3.5): which are taken, and which of them a signature needs."""

import warnings
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from idp.registry.metadata_fault import MetadataFault
from idp.registry.public_keys import import_public_keys, key_for

RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
RSA_JWK, EC_JWK, ED_JWK = ({**key.as_dict(private=False)} for key in (RSA, EC, ED))
BARE = {name: value for name, value in RSA_JWK.items() if name != "kid"}


def weak() -> dict[str, Any]:
    with warnings.catch_warnings(action="ignore"):
        return dict(RSAKey.generate_key(1024).as_dict(private=False))


def test_rsa_p256_and_ed25519_are_taken_and_found_by_kid_and_algorithm() -> None:
    keys = import_public_keys({"keys": [RSA_JWK, EC_JWK, ED_JWK]})
    found = {alg: key_for(keys, alg, kid) for alg, kid in [("RS256", "rsa"), ("ES256", "ec"), ("EdDSA", "ed")]}
    assert {alg: key.kid for alg, key in found.items() if key} == {"RS256": "rsa", "ES256": "ec", "EdDSA": "ed"}
    assert key_for(keys, "Ed25519", "ed") is key_for(keys, "EdDSA", "ed")
    for alg, kid in [("ES256", "rsa"), ("HS256", "rsa"), ("none", None), ("RS256", "other"), ("RS256", "")]:
        assert key_for(keys, alg, kid) is None


def test_10_1_without_a_kid_the_only_key_of_the_kind_is_meant() -> None:
    assert key_for(import_public_keys({"keys": [RSA_JWK, EC_JWK]}), "ES256", None)
    two = import_public_keys({"keys": [EC_JWK, {**ECKey.generate_key("P-256").as_dict(private=False), "kid": "ec-2"}]})
    assert key_for(two, "ES256", None) is None
    assert key_for(import_public_keys({"keys": [BARE]}), "RS256", None)


def test_a_key_for_one_algorithm_is_for_no_other() -> None:
    keys = import_public_keys({"keys": [{**RSA_JWK, "alg": "PS256"}]})
    assert key_for(keys, "PS256", "rsa")
    assert key_for(keys, "RS256", "rsa") is None


def test_5_keys_of_other_kinds_and_for_encryption_are_left_out() -> None:
    others = [
        {"kty": "AKP", "alg": "ML-DSA-44", "kid": "pq", "pub": "AA"},
        {**ECKey.generate_key("P-384").as_dict(private=False), "kid": "p384"},
        {**OKPKey.generate_key("X25519").as_dict(private=False), "kid": "x"},
        {**RSAKey.generate_key(2048).as_dict(private=False), "kid": "rsa", "use": "enc"},
        {**RSAKey.generate_key(2048).as_dict(private=False), "kid": "ops", "key_ops": ["encrypt"]},
    ]
    keys = import_public_keys({"keys": [*others, RSA_JWK]})
    assert [key.kid for key in keys] == ["rsa"]


@pytest.mark.parametrize(
    ("jwks", "word"),
    [
        (None, "list"),
        ([], "list"),
        ({}, "list"),
        ({"keys": []}, "list"),
        ({"keys": [RSA_JWK] * 21}, "20"),
        ({"keys": ["x"]}, "list"),
        ({"keys": [RSA.as_dict(private=True)]}, "public"),
        ({"keys": [RSA_JWK, EC.as_dict(private=True)]}, "public"),
        ({"keys": [OctKey.generate_key(256).as_dict(private=True)]}, "public"),
        ({"keys": [ECKey.generate_key("P-384").as_dict(private=False)]}, "P-256"),
        ({"keys": [{**RSA_JWK, "use": "enc"}]}, "signatures"),
        ({"keys": [{**RSA_JWK, "use": []}]}, "signatures"),
        ({"keys": [{**RSA_JWK, "kty": []}]}, "signatures"),
        ({"keys": [{**EC_JWK, "crv": {}}]}, "signatures"),
        ({"keys": [weak()]}, "2048"),
        ({"keys": [{**RSA_JWK, "n": "A" * 8_000}]}, "2048"),
        ({"keys": [{**RSA_JWK, "n": "_" * 8_000}]}, "8192"),
        ({"keys": [{**RSA_JWK, "n": 7}]}, "read"),
        ({"keys": [{**RSA_JWK, "n": "!!"}]}, "read"),
        ({"keys": [{**RSA_JWK, "e": "AQ"}]}, "read"),
        ({"keys": [{**RSA_JWK, "kid": 7}]}, "read"),
        ({"keys": [{**RSA_JWK, "alg": []}]}, "read"),
        ({"keys": [{**EC_JWK, "x": "AA"}]}, "read"),
        ({"keys": [{"kty": "EC", "crv": "P-256"}]}, "read"),
        ({"keys": [{**ED_JWK, "x": "AAAA"}]}, "read"),
        ({"keys": [RSA_JWK, BARE]}, "kid"),
        ({"keys": [RSA_JWK, {**RSA_JWK}]}, "kid"),
        ({"keys": [{**RSA_JWK, "alg": "RS256"}, {**RSA_JWK}]}, "kid"),
    ],
)
def test_what_is_wrong_is_said_in_words_without_anything_of_the_keys(jwks: object, word: str) -> None:
    with warnings.catch_warnings(action="error"), pytest.raises(MetadataFault, match=word) as caught:
        import_public_keys(jwks)
    assert caught.value.field == "jwks"
    assert str(RSA_JWK["n"])[:20] not in caught.value.reason


def test_4_5_keys_of_one_kid_are_told_apart_by_their_algorithms() -> None:
    other = RSAKey.generate_key(2048).as_dict(private=False)
    keys = import_public_keys({"keys": [{**RSA_JWK, "alg": "RS256"}, {**other, "kid": "rsa", "alg": "PS256"}]})
    assert key_for(keys, "RS256", "rsa") is not key_for(keys, "PS256", "rsa")


@pytest.mark.parametrize(
    ("exponent", "is_taken"), [("AQAB", True), ("_____w", True), ("AQAAAAE", False), ("f" * 340, False)]
)
def test_an_exponent_that_makes_verifying_as_costly_as_signing_is_refused(exponent: str, is_taken: bool) -> None:
    """Whoever knows the client could have us verify junk with its key, 16 ms each."""
    jwks = {"keys": [RSA_JWK | {"e": exponent}]}
    if is_taken:
        assert key_for(import_public_keys(jwks), "RS256", "rsa")
        return
    with pytest.raises(MetadataFault, match="exponent"):
        import_public_keys(jwks)
