"""Rules for a client's metadata, each fault named by its field."""

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from idp.registry.metadata import ACR_VALUES, MetadataFault, check_metadata
from idp.signin import acr

GOOD = {"client_name": "MMIS", "redirect_uris": ["https://rp.example/cb"]}
EC = ECKey.generate_key("P-256", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})


def public(*keys: ECKey | RSAKey) -> dict[str, object]:
    """Return a JWK set of the public parts."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def test_defaults() -> None:
    assert check_metadata(GOOD) == {
        "client_name": "MMIS",
        "redirect_uris": ["https://rp.example/cb"],
        "post_logout_redirect_uris": [],
        "backchannel_logout_uri": "",
        "grant_types": ["authorization_code"],
        "scope": "openid",
        "token_endpoint_auth_method": "client_secret_basic",
        "id_token_signed_response_alg": "RS256",
        "default_max_age": None,
        "module": "",
        "first_party": False,
        "minimum_acr": "",
        "require_pushed_authorization_requests": False,
        "require_signed_request_object": False,
        "request_object_signing_alg": "",
        "authorization_signed_response_alg": "RS256",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("client_name", ""),
        ("client_name", "   "),
        ("client_name", None),
        ("client_name", 7),
        ("client_name", "x" * 101),
        ("client_name", "a\nb"),
        ("redirect_uris", []),
        ("redirect_uris", "https://rp.example/cb"),
        ("redirect_uris", [1]),
        ("redirect_uris", ["http://rp.example/cb"]),
        ("redirect_uris", ["https://rp.example/cb"] * 2),
        ("redirect_uris", [f"https://rp.example/{n}" for n in range(21)]),
        ("post_logout_redirect_uris", ["http://rp.example/"]),
        ("backchannel_logout_uri", "http://rp.example/"),
        ("backchannel_logout_uri", 7),
        ("backchannel_logout_session_required", "yes"),
        ("grant_types", []),
        ("grant_types", ["implicit"]),
        ("grant_types", ["password"]),
        ("grant_types", "authorization_code"),
        ("grant_types", [["authorization_code"]]),
        ("grant_types", ["refresh_token"]),
        ("response_types", ["token"]),
        ("response_types", ["code", "token"]),
        ("scope", "profile"),
        ("scope", "openid admin"),
        ("scope", "openid offline_access"),
        ("scope", 7),
        ("token_endpoint_auth_method", "client_secret_jwt"),
        ("token_endpoint_auth_method", "private_key_jwt"),
        ("token_endpoint_auth_method", None),
        ("id_token_signed_response_alg", "none"),
        ("id_token_signed_response_alg", "HS256"),
        ("default_max_age", -1),
        ("default_max_age", True),
        ("default_max_age", "60"),
        ("module", 7),
        ("first_party", "true"),
        ("minimum_acr", "urn:other"),
        ("require_pushed_authorization_requests", "yes"),
        ("require_signed_request_object", 1),
        ("require_signed_request_object", True),
        ("request_object_signing_alg", "none"),
        ("request_object_signing_alg", "HS256"),
        ("authorization_signed_response_alg", "none"),
        ("jwks_uri", "http://169.254.169.254/"),
        ("jwks_uri", "https://rp.example/jwks"),
        ("redirect_uri", "https://rp.example/cb"),
        ("client_secret", "mine"),
        ("jwks", {}),
        ("jwks", {"keys": []}),
        ("jwks", {"keys": [1]}),
        ("jwks", {"keys": [{"kty": "EC", "crv": "P-256", "x": "!", "y": "!"}]}),
        ("jwks", []),
    ],
)
def test_a_fault_is_named_by_its_field(field: str, value: object) -> None:
    with pytest.raises(MetadataFault) as caught:
        check_metadata(GOOD | {field: value})
    expected = {"private_key_jwt": "jwks"}.get(value, field) if isinstance(value, str) else field
    assert caught.value.field == expected
    assert caught.value.reason


def test_keys_must_be_public_strong_and_told_apart() -> None:
    keyed = GOOD | {"token_endpoint_auth_method": "private_key_jwt"}
    assert check_metadata(keyed | {"jwks": public(EC)})["jwks"] == public(EC)
    assert check_metadata(keyed | {"jwks": public(EC, RSA)})
    unnamed = [{name: value for name, value in key.items() if name != "kid"} for key in public(EC, RSA)["keys"]]  # type: ignore[attr-defined]
    for jwks in (
        {"keys": [EC.as_dict(private=True)]},
        {"keys": [RSA.as_dict(private=True)]},
        {"keys": [OctKey.generate_key(256).as_dict(private=True)]},
        {"keys": [OKPKey.generate_key("Ed25519").as_dict(private=False)]},
        {"keys": [ECKey.generate_key("P-384").as_dict(private=False)]},
        {"keys": [RSA.as_dict(private=False) | {"n": str(RSA.as_dict(private=False)["n"])[:171]}]},
        {"keys": [EC.as_dict(private=False) | {"use": "enc"}]},
        {"keys": unnamed},
        {"keys": public(EC)["keys"] * 2},  # type: ignore[operator]
    ):
        with pytest.raises(MetadataFault, match="jwks"):
            check_metadata(keyed | {"jwks": jwks})


def test_a_public_client_cannot_act_for_itself() -> None:
    with pytest.raises(MetadataFault, match="grant_types"):
        check_metadata(
            GOOD | {"grant_types": ["client_credentials"], "token_endpoint_auth_method": "none", "response_types": []}
        )


def test_a_machine_needs_no_redirect_uri_and_no_openid() -> None:
    checked = check_metadata({"client_name": "Batch", "grant_types": ["client_credentials"]})
    assert checked["scope"] == ""
    assert checked["redirect_uris"] == []


def test_the_levels_are_those_of_the_flow() -> None:
    assert acr.LEVELS == ACR_VALUES
