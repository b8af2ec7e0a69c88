"""Rules for a client's metadata, each fault named by its field."""

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from idp.registry.metadata import ACR_VALUES, DEFAULTS, check_metadata
from idp.registry.metadata_fault import MetadataFault
from idp.signin import acr

GOOD = {"client_name": "MMIS", "redirect_uris": ["https://rp.example/cb"]}
EC = ECKey.generate_key("P-256", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})


def public(*keys: ECKey | RSAKey) -> dict[str, object]:
    """Return a JWK set of the public parts."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def test_defaults() -> None:
    assert check_metadata(GOOD) == DEFAULTS | {
        "client_name": "MMIS",
        "redirect_uris": ["https://rp.example/cb"],
        "response_types": ["code"],
        "scope": "openid",
    }
    said = {
        "application_type": "web",
        "grant_types": ["authorization_code"],
        "token_endpoint_auth_method": "client_secret_basic",
        "id_token_signed_response_alg": "RS256",
        "authorization_signed_response_alg": "RS256",
        "subject_type": "public",
        "require_pkce": True,
        "access_token_format": "jwt",
        "client_name": None,
        "scope": None,
    }
    for field, default in DEFAULTS.items():
        assert default == said.get(field, default)
        assert field in said or default in ("", [], False, None)


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
        ("jwks_uri", "https://rp.example/jwks#x"),
        ("client_uri", "http://localhost/"),
        ("logo_uri", "javascript:alert(1)"),
        ("logo_uri#es", "http://rp.example/logo"),
        ("policy_uri", ["https://rp.example/"]),
        ("tos_uri", 7),
        ("client_name#es", ""),
        ("client_name#", "MMIS"),
        ("client_name#e s", "MMIS"),
        ("scope#es", "openid"),
        ("contacts", "somebody@rp.example"),
        ("contacts", [7]),
        ("contacts", ["a@rp.example"] * 11),
        ("software_id", "x" * 256),
        ("software_version", 1),
        ("software_statement", "eyJhbGciOiJub25lIn0.e30."),
        ("application_type", "desktop"),
        ("initiate_login_uri", "http://rp.example/"),
        ("frontchannel_logout_uri", "https://other.example/"),
        ("frontchannel_logout_uri", "https://rp.example:8443/"),
        ("frontchannel_logout_session_required", 1),
        ("token_endpoint_auth_signing_alg", "none"),
        ("token_endpoint_auth_signing_alg", "RS384"),
        ("dpop_bound_access_tokens", "true"),
        ("subject_type", "private"),
        ("sector_identifier_uri", "http://localhost/sector"),
        ("request_uris", "https://rp.example/r"),
        ("request_uris", ["http://rp.example/r#x"]),
        ("request_uris", ["https://rp.example/r\u00e9"]),
        ("require_auth_time", "no"),
        ("default_acr_values", ["urn:other"]),
        ("default_acr_values", "urn:mes:acr:mfa"),
        ("userinfo_signed_response_alg", "none"),
        ("introspection_signed_response_alg", "HS256"),
        ("id_token_encrypted_response_alg", "RSA-OAEP"),
        ("userinfo_encrypted_response_enc", "A256GCM"),
        ("request_object_encryption_alg", "RSA-OAEP"),
        ("tls_client_auth_subject_dn", "CN=rp"),
        ("tls_client_certificate_bound_access_tokens", True),
        ("backchannel_token_delivery_mode", "poll"),
        ("authorization_details_types", ["payment"]),
        ("resources", ["/relative"]),
        ("resources", ["https://api.example/#x"]),
        ("resources", ["https://api.example/", "https://api.example/"]),
        ("resource", "javascript:alert(1)"),
        ("resource", ["https://api.example/"]),
        ("access_token_format", "saml"),
        ("access_token_seconds", 0),
        ("access_token_seconds", 43_201),
        ("refresh_token_seconds", 1.5),
        ("id_token_seconds", "60"),
        ("refresh_token_rotation", "no"),
        ("\u00e9\n", "x"),
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
    assert caught.value.field == (expected if expected.isprintable() else "metadata")
    assert caught.value.reason
    assert str(caught.value).isascii()


def test_keys_must_be_public_strong_and_told_apart() -> None:
    keyed = GOOD | {"token_endpoint_auth_method": "private_key_jwt"}
    assert check_metadata(keyed | {"jwks": public(EC)})["jwks"] == public(EC)
    assert check_metadata(keyed | {"jwks": public(EC, RSA)})
    unnamed = [{name: value for name, value in key.items() if name != "kid"} for key in public(EC, RSA)["keys"]]  # type: ignore[attr-defined]
    for jwks in (
        {"keys": [EC.as_dict(private=True)]},
        {"keys": [RSA.as_dict(private=True)]},
        {"keys": [OctKey.generate_key(256).as_dict(private=True)]},
        {"keys": [ECKey.generate_key("P-384").as_dict(private=False)]},
        {"keys": [RSA.as_dict(private=False) | {"n": str(RSA.as_dict(private=False)["n"])[:171]}]},
        {"keys": [EC.as_dict(private=False) | {"use": "enc"}]},
        {"keys": unnamed},
        {"keys": public(EC)["keys"] * 2},  # type: ignore[operator]
    ):
        with pytest.raises(MetadataFault, match="jwks"):
            check_metadata(keyed | {"jwks": jwks})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("client_name#es", "MMIS en espa\u00f1ol"),
        ("logo_uri", "https://rp.example/logo.png"),
        ("logo_uri#es-MX", "https://rp.example/logo-es.png"),
        ("contacts", ["somebody@rp.example"]),
        ("request_uris", ["https://rp.example/r#pTb2-LO-jZgRvd2PFSX3Gf9wQk7nGkqsXxWLXzWHyGc"]),
        ("jwks_uri", "https://rp.example/jwks"),
        ("frontchannel_logout_uri", "https://rp.example/signed-out?all=1"),
        ("default_acr_values", ["urn:mes:acr:mfa"]),
        ("resources", ["https://api.example/v1", "urn:mes:claims"]),
        ("resource", "https://api.example/v1"),
        ("access_token_seconds", 60),
        ("refresh_token_rotation", False),
        ("sector_identifier_uri", "https://rp.example/sector.json"),
        ("grant_types", ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"]),
    ],
)
def test_what_is_said_is_kept(field: str, value: object) -> None:
    assert check_metadata(GOOD | {field: value})[field] == value


def test_what_is_not_wanted_may_be_said_of_fields_that_are_not_supported() -> None:
    said = {"id_token_encrypted_response_alg": "", "tls_client_certificate_bound_access_tokens": False}
    assert check_metadata(GOOD | said) == check_metadata(GOOD)


def test_keys_are_given_or_found_but_not_both() -> None:
    with pytest.raises(MetadataFault, match="jwks_uri"):
        check_metadata(GOOD | {"jwks": public(EC), "jwks_uri": "https://rp.example/jwks"})
    keyed = GOOD | {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://rp.example/jwks"}
    assert check_metadata(keyed | {"require_signed_request_object": True, "token_endpoint_auth_signing_alg": "PS256"})
    with pytest.raises(MetadataFault, match="token_endpoint_auth_signing_alg"):
        check_metadata(keyed | {"token_endpoint_auth_signing_alg": "HS256"})


def test_an_algorithm_for_assertions_is_dropped_where_there_are_none() -> None:
    """RFC 7591 3.2.1: what is registered is answered; idpyoidc sends its default with client_secret_basic too."""
    assert check_metadata(GOOD | {"token_endpoint_auth_signing_alg": "RS256"}) == check_metadata(GOOD)


def test_pairwise_subjects_need_one_sector() -> None:
    """OIDC Core 8.1: several hosts leave no doubt only with a sector_identifier_uri."""
    pairwise = GOOD | {"subject_type": "pairwise"}
    assert check_metadata(pairwise)
    assert check_metadata(pairwise | {"redirect_uris": ["https://rp.example/cb", "https://RP.example:8443/cb"]})
    several = pairwise | {"redirect_uris": ["https://rp.example/cb", "https://other.example/cb"]}
    for without in (
        several,
        {"client_name": "Batch", "grant_types": ["client_credentials"], "subject_type": "pairwise"},
    ):
        with pytest.raises(MetadataFault, match="sector_identifier_uri"):
            check_metadata(without)
    assert check_metadata(several | {"sector_identifier_uri": "https://rp.example/sector.json"})


def test_no_more_languages_than_a_page_could_need() -> None:
    with pytest.raises(MetadataFault, match="languages"):
        check_metadata(GOOD | {f"client_name#aa-{n}": "MMIS" for n in range(41)})


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
