"""The plan `oidcc-config-certification-test-plan`: discovery and keys of a provider with a public https issuer."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from idp.settings import load_settings
from tests.protocol.conftest import Ring, open_provider
from tests.protocol.provider import Provider
from tests.servers.clock import HandClock
from tests.servers.stores import sqlite_stores

ISSUER = "https://idp.mes.example"
ENDPOINTS = {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "end_session_endpoint"}

REGISTERED = ENDPOINTS | {
    "issuer",
    "jwks_uri",
    "pushed_authorization_request_endpoint",
    "require_pushed_authorization_requests",
    "device_authorization_endpoint",
    "registration_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "check_session_iframe",
    "scopes_supported",
    "response_types_supported",
    "response_modes_supported",
    "grant_types_supported",
    "subject_types_supported",
    "acr_values_supported",
    "prompt_values_supported",
    "claims_supported",
    "claim_types_supported",
    "claims_parameter_supported",
    "ui_locales_supported",
    "display_values_supported",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "require_request_uri_registration",
    "request_object_signing_alg_values_supported",
    "require_signed_request_object",
    "authorization_signing_alg_values_supported",
    "id_token_signing_alg_values_supported",
    "userinfo_signing_alg_values_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "revocation_endpoint_auth_methods_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "introspection_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
    "introspection_signing_alg_values_supported",
    "code_challenge_methods_supported",
    "dpop_signing_alg_values_supported",
    "authorization_response_iss_parameter_supported",
    "backchannel_logout_supported",
    "backchannel_logout_session_supported",
    "frontchannel_logout_supported",
    "frontchannel_logout_session_supported",
}
"""Of IANA's names for metadata of authorization servers those that this provider uses: the suite warns of names not there."""


@pytest.fixture(scope="module")
def public_provider(ring: Ring, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """A provider as people reach it."""
    folder = tmp_path_factory.mktemp("public")
    with sqlite_stores(sqlite_template, folder, HandClock()) as stores:
        settings = load_settings(
            issuer=ISSUER, data_dir=folder, keys_dir=ring.keys_dir, database_url=stores.database_url
        )
        provider = open_provider(stores, settings, ring)
        yield provider
        provider.house.close()


@pytest.fixture
def metadata(public_provider: Provider) -> dict[str, Any]:
    """The document at the issuer's well-known address."""
    answer = public_provider.browser().get("/.well-known/openid-configuration", base_url=ISSUER)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    return dict(answer.json or {})


def test_oidcc_discovery_endpoint_verification(public_provider: Provider, metadata: dict[str, Any]) -> None:
    assert metadata["issuer"] == ISSUER
    assert metadata.keys() <= REGISTERED
    assert metadata.keys() >= ENDPOINTS
    for name, value in metadata.items():
        if name.endswith(("_endpoint", "_uri", "_iframe")):
            assert urlsplit(value).scheme == "https", name
            assert value.startswith(ISSUER + "/"), name
    for name, needed in {
        "response_types_supported": {"code"},
        "grant_types_supported": {"authorization_code"},
        "id_token_signing_alg_values_supported": {"RS256"},
        "request_object_signing_alg_values_supported": {"RS256"},
        "scopes_supported": {"openid"},
        "code_challenge_methods_supported": {"S256"},
        "claims_supported": {"sub", "iss", "auth_time", "acr"},
    }.items():
        assert needed <= set(metadata[name]), name
    for name, allowed in {
        "subject_types_supported": {"public", "pairwise"},
        "code_challenge_methods_supported": {"S256"},
    }.items():
        assert set(metadata[name]) <= allowed, name
    assert metadata["claims_parameter_supported"] is True
    assert metadata["request_parameter_supported"] is True
    lists = {
        name: value for name, value in metadata.items() if name.endswith("_supported") and value not in (True, False)
    }
    for name, value in lists.items():
        assert isinstance(value, list), name
        assert value, name
        assert all(isinstance(word, str) for word in value), name
        assert len(set(value)) == len(value), name
    assert all(re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]+", scope) for scope in metadata["scopes_supported"])
    # The canonical case of a language tag (RFC 5646 2.1.1): a warning otherwise.
    assert all(
        re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", tag) for tag in metadata["ui_locales_supported"]
    )
    assert "none" not in str(metadata["id_token_signing_alg_values_supported"])
    _check_keys(dict(public_provider.browser().get("/jwks", base_url=ISSUER).json or {}))


def test_oidcc_discovery_the_second_address_says_the_same(public_provider: Provider, metadata: dict[str, Any]) -> None:
    """RFC 8414 3: the plans of FAPI 2.0 without OpenID Connect read this one."""
    answer = public_provider.browser().get("/.well-known/oauth-authorization-server", base_url=ISSUER)
    assert answer.json == metadata


def _check_keys(jwks: dict[str, Any]) -> None:
    """`ValidateServerJWKs`, `CheckForKeyIdInServerJWKs`, `CheckDistinctKeyIdValueInServerJWKs` and those for secrets."""
    public = {"RSA": {"n", "e"}, "EC": {"crv", "x", "y"}, "OKP": {"crv", "x"}}
    assert jwks["keys"]
    assert len({key["kid"] for key in jwks["keys"]}) == len(jwks["keys"])
    for key in jwks["keys"]:
        assert key.keys() == public[key["kty"]] | {"kty", "kid", "use", "alg"}
        assert key["use"] == "sig"
        # Other names than these the suite's library may not know: a warning.
        assert key["alg"] in ("RS256", "PS256", "ES256", "EdDSA")
        for name in public[key["kty"]] - {"crv"}:
            raw = base64.urlsafe_b64decode(key[name] + "=" * (-len(key[name]) % 4))
            assert base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == key[name]
            assert name != "n" or len(raw) >= 256
            assert name not in ("n", "e") or raw[0]
