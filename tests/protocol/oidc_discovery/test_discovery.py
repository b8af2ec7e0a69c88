"""Discovery (OIDC Discovery 3) and the JWKS (RFC 7517 5): true, exact, and cheap to ask for again and again."""

import re
import time
from typing import Any

import pytest
from authlib.oauth2 import rfc9101, rfc9207
from authlib.oidc import rpinitiated
from authlib.oidc.discovery import OpenIDProviderMetadata
from sqlalchemy import delete

from idp.audit.trail import OPERATOR
from idp.keyring.model import signing_keys
from idp.oidc.tokens.grants import GRANTS
from tests.protocol.provider import Provider

NOTICED = 1.1
"""After so many seconds every process has noticed a change."""
PATH = "/.well-known/openid-configuration"
RFC_8414_PATH = "/.well-known/oauth-authorization-server"


@pytest.fixture
def metadata(provider: Provider) -> dict[str, Any]:
    """The document."""
    answer = provider.browser().get(PATH)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    return dict(answer.json)


def test_3_the_document_is_valid(metadata: dict[str, Any]) -> None:
    classes = [
        rfc9101.AuthorizationServerMetadata,
        rfc9207.AuthorizationServerMetadata,
        rpinitiated.OpenIDProviderMetadata,
    ]
    # The library's rule asks for https addresses; a loopback issuer is read as one.
    as_https = {
        name: value.replace("http://", "https://") if isinstance(value, str) else value
        for name, value in metadata.items()
    }
    OpenIDProviderMetadata(as_https).validate(metadata_classes=classes)


def test_3_every_address_begins_with_the_issuer(provider: Provider, metadata: dict[str, Any]) -> None:
    addresses = [value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(addresses) == 9
    for address in addresses:
        assert address.startswith(provider.issuer + "/")
        path = address.removeprefix(provider.issuer)
        assert provider.browser().get(path).status_code != 404


def test_what_it_promises_is_what_there_is(metadata: dict[str, Any]) -> None:
    assert metadata["grant_types_supported"] == [grant.GRANT_TYPE for grant, _ in GRANTS]
    assert metadata["response_types_supported"] == ["code"]
    assert metadata["response_modes_supported"] == ["query", "form_post", "jwt", "query.jwt", "form_post.jwt"]
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["request_parameter_supported"] is True
    assert metadata["request_uri_parameter_supported"] is True
    assert "none" not in metadata["id_token_signing_alg_values_supported"]


def test_3_it_names_the_languages_of_its_pages(provider: Provider, metadata: dict[str, Any]) -> None:
    assert metadata["ui_locales_supported"] == ["en", "es"]
    for tag in metadata["ui_locales_supported"]:
        page = provider.browser().get("/help", headers={"Accept-Language": tag}).get_data(as_text=True)
        assert f'<html lang="{tag}">' in page


@pytest.mark.parametrize("path", [PATH, "/jwks"])
def test_bytes_are_kept_by_etag(provider: Provider, path: str) -> None:
    first = provider.browser().get(path)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    again = provider.browser().get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = provider.browser().get(path, headers={"If-None-Match": '"other"'})
    assert other.data == first.data
    assert "Set-Cookie" not in first.headers


def test_the_jwks_holds_public_keys_only(provider: Provider) -> None:
    answer = provider.browser().get("/jwks")
    assert answer.content_type == "application/jwk-set+json"
    assert answer.json.keys() == {"keys"}
    for key in answer.json["keys"]:
        expected = {"RSA": {"n", "e"}, "EC": {"crv", "x", "y"}, "OKP": {"crv", "x"}}[key["kty"]]
        assert key.keys() == {"kty", "kid", "use", "alg"} | expected
        assert key["use"] == "sig"
    assert {key["alg"] for key in answer.json["keys"]} == {"RS256", "PS256", "ES256", "EdDSA"}


def test_3_only_what_there_is_a_key_for_is_offered(provider: Provider) -> None:
    signed = ("id_token_signing_alg_values_supported", "authorization_signing_alg_values_supported")
    with provider.house.database.transaction() as connection:
        connection.execute(delete(signing_keys).where(signing_keys.c.alg == "PS256"))
    said = provider.browser().get(PATH).json
    assert [said[name] for name in signed] == [["RS256", "ES256", "EdDSA"]] * 2
    provider.house.keys.rotation.make_missing(OPERATOR)
    time.sleep(NOTICED)
    said = provider.browser().get(PATH).json
    assert [said[name] for name in signed] == [["RS256", "PS256", "ES256", "EdDSA"]] * 2


def test_a_rotation_shows_and_tokens_of_before_still_verify(provider: Provider) -> None:
    rp = provider.register(grant_types=["authorization_code", "refresh_token"])
    tokens = provider.tokens(rp, provider.person())
    before = provider.browser().get("/jwks")
    provider.clock.advance(60)
    provider.house.keys.rotation.rotate("ES256", OPERATOR)
    provider.house.versions._looked_at = float("-inf")  # a second later
    after = provider.browser().get("/jwks", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert len(after.json["keys"]) == len(before.json["keys"]) + 1
    assert provider.userinfo(tokens["access_token"]).status_code == 200
    provider.clock.advance(provider.house.settings.keys.publish_seconds)
    # By now the first token has expired; one of the new key is told apart from it by its kid alone.
    renewed = provider.refresh(rp, tokens["refresh_token"]).json
    assert provider.userinfo(renewed["access_token"]).status_code == 200


def test_a_host_header_changes_nothing(provider: Provider) -> None:
    answer = provider.browser().get(PATH, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert not re.search("evil", answer.text)


def test_rfc8414_3_the_other_address_says_the_same(provider: Provider) -> None:
    browser = provider.browser()
    assert browser.get(RFC_8414_PATH).data == browser.get(PATH).data
