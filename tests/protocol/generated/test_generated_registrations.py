"""Generated metadata at the registration endpoints: never 5xx, and an error is one of RFC 7591's, in words of ours."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idp.registry.metadata import FIELDS
from idp.registry.unsupported_metadata import UNSUPPORTED
from tests.protocol.provider import Provider
from tests.protocol.registration import WEB, Own, registered

NAMES = [*FIELDS, *UNSUPPORTED, "jwks", "client_name#es", "logo_uri#", "keys", "\u00e9", ""]
WORDS = [
    "", "none", "RS256", "HS256", "EdDSA", "Ed25519", "web", "native", "pairwise", "openid", "openid offline_access scim",
    "https://rp.example/cb", "http://127.0.0.1/cb", "https://[::1", "javascript:alert(1)", "https://rp.example/#x",
    "authorization_code", "refresh_token", "client_credentials", "private_key_jwt", "client_secret_jwt", "code",
    "urn:ietf:params:oauth:grant-type:device_code", "mmis", "\x00", "\ud800", "x" * 2_000, "urn:mes:acr:mfa", "opaque",
]  # fmt: skip
scalars = st.one_of(
    st.sampled_from(WORDS), st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=20)
)
KEY_MEMBERS = ["kty", "crv", "x", "y", "n", "e", "d", "k", "use", "alg", "kid", "key_ops", "keys", "oth"]
nested = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(KEY_MEMBERS), inner, max_size=5)
    ),
    max_leaves=8,
)
keys = st.dictionaries(st.sampled_from(KEY_MEMBERS), st.one_of(st.sampled_from(["RSA", "EC", "OKP", "oct"]), nested))
metadata = st.dictionaries(st.sampled_from(NAMES), nested, max_size=5)
ERRORS = {"invalid_client_metadata", "invalid_redirect_uri", "unapproved_software_statement"}
often = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def hold(status: int, body: dict[str, Any], good: int) -> None:
    """Hold an answer against what it may be."""
    if status == good:
        assert body["client_id"]
        return
    assert status == 400, body
    assert body["error"] in ERRORS
    assert body["error_description"].isascii()
    assert body["error_description"].isprintable()
    assert not set('"\\') & set(body["error_description"])


@often
@given(given_metadata=metadata, is_complete=st.booleans())
def test_what_is_registered(registering: Provider, given_metadata: dict[str, Any], is_complete: bool) -> None:
    sent = {**WEB, **given_metadata} if is_complete else given_metadata
    answer = registering.browser().post("/register", data=json.dumps(sent), content_type="application/json")
    hold(answer.status_code, dict(answer.json or {}), 201)


@often
@given(jwks=st.one_of(nested, st.fixed_dictionaries({"keys": st.lists(keys, max_size=3)})))
def test_what_is_registered_as_keys(registering: Provider, jwks: Any) -> None:
    sent = WEB | {"jwks": jwks, "token_endpoint_auth_method": "private_key_jwt"}
    answer = registering.browser().post("/register", data=json.dumps(sent), content_type="application/json")
    hold(answer.status_code, dict(answer.json or {}), 201)


@pytest.fixture(scope="module")
def own(registering: Provider) -> Own:
    """A client that is changed over and over."""
    return registered(registering)


@often
@given(given_metadata=metadata)
def test_what_is_put(registering: Provider, own: Own, given_metadata: dict[str, Any]) -> None:
    sent = {**WEB, "client_id": own.client_id, **given_metadata}
    answer = registering.browser().put(
        own.path, data=json.dumps(sent), content_type="application/json", headers=own.headers
    )
    hold(answer.status_code, dict(answer.json or {}), 200)
    assert own.read().status_code == 200
