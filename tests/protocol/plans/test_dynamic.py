"""The plan `oidcc-dynamic-certification-test-plan` (response_type=code, private_key_jwt), module by module.

One module of it is failed knowingly: `oidcc-discovery-endpoint-verification`, which for clients that register themselves wants
`id_token` and `id_token token` among the response types and `implicit` among the grant types (OIDC Core 15.2). This provider has
no implicit flow (RFC 9700 2.1.2), and says so. Everything else of that module is held by `test_config.py`.
"""

from collections.abc import Callable
from typing import Any

import pytest

from idp.audit.trail import OPERATOR
from tests.protocol.plans import signing
from tests.protocol.plans.at_the_browser import PersonAtBrowser
from tests.protocol.plans.conformance_client import ConformanceClient
from tests.protocol.plans.dynamic_client import initial_access_token, register, registered, rs256_key
from tests.protocol.plans.suite_server import JOSE, SuiteServer
from tests.protocol.plans.token_checks import id_token_of, invalid_grant, signed_in, tokens_of
from tests.protocol.provider import Provider

Registered = tuple[ConformanceClient, dict[str, Any]]
RegisterItself = Callable[..., Registered]


@pytest.fixture(scope="module")
def token(module_provider: Provider) -> str:
    """The initial access token of the run."""
    return initial_access_token(module_provider)


@pytest.fixture
def itself(module_provider: Provider, at: PersonAtBrowser, token: str, redirect_uri: str) -> RegisterItself:
    """Register a client that must succeed."""

    def make(key: Any = None, **metadata: Any) -> Registered:
        return registered(module_provider, at, token, key, **{"redirect_uris": [redirect_uri], **metadata})

    return make


def test_oidcc_server(itself: RegisterItself) -> None:
    """And `oidcc-idtoken-rs256`, for the default is RS256."""
    client, said = itself()
    assert said["response_types"] == ["code"]
    signed_in(client)
    assert client.at.pages[-1] == "/sign-in/consent"


def test_oidcc_idtoken_rs256(itself: RegisterItself) -> None:
    client, _ = itself(id_token_signed_response_alg="RS256")
    signed_in(client)


def test_oidcc_idtoken_unsigned(
    itself: RegisterItself, module_provider: Provider, token: str, redirect_uri: str
) -> None:
    """The suite skips it, for `none` is not offered; whoever asks for it all the same is refused."""
    answer = register(module_provider, token, redirect_uris=[redirect_uri], id_token_signed_response_alg="none")
    assert (answer.status_code, (answer.json or {})["error"]) == (400, "invalid_client_metadata")


def test_oidcc_userinfo_rs256(itself: RegisterItself) -> None:
    client, _ = itself(userinfo_signed_response_alg="RS256")
    assert "RS256" in client.metadata["userinfo_signing_alg_values_supported"]
    tokens = tokens_of(client, client.redeem(client.authorize()["code"]))
    answer = client.userinfo(tokens["access_token"])
    assert (answer.status_code, answer.content_type) == (200, "application/jwt")
    _, claims = signing.opened(answer.text, client.server_keys, "RS256")
    assert (claims["iss"], claims["aud"]) == (client.metadata["issuer"], client.client_id)
    assert claims["sub"] == id_token_of(client, tokens)["sub"]
    # With one it could be taken for an ID Token.
    assert "nonce" not in claims


def test_oidcc_ensure_redirect_uri_in_authorization_request(itself: RegisterItself, redirect_uri: str) -> None:
    client, _ = itself(redirect_uris=[redirect_uri, "https://example.org/redirect"])
    answer = client.send(client.request(redirect_uri=None))
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


def test_oidcc_redirect_uri_query_ok(itself: RegisterItself, redirect_uri: str) -> None:
    client, _ = itself(redirect_uris=[redirect_uri + "?foo=bar"])
    signed_in(client)


@pytest.mark.parametrize(("known", "asked"), [("?foo=bar", "?bar=foo"), ("", "?foo=bar"), ("?foo=bar", "")])
def test_oidcc_redirect_uri_query_mismatch_and_added(
    itself: RegisterItself, redirect_uri: str, known: str, asked: str
) -> None:
    client, _ = itself(redirect_uris=[redirect_uri + known])
    answer = client.send(client.request(redirect_uri=redirect_uri + asked))
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


def test_oidcc_redirect_uri_regfrag(module_provider: Provider, token: str, redirect_uri: str) -> None:
    answer = register(module_provider, token, redirect_uris=[redirect_uri + "#fragment"])
    assert (answer.status_code, (answer.json or {})["error"]) == (400, "invalid_redirect_uri")


def test_oidcc_discovery_endpoint_verification(itself: RegisterItself) -> None:
    """Failed knowingly, see above: what is not there is not promised."""
    metadata = itself()[0].metadata
    assert metadata["response_types_supported"] == ["code"]
    assert "implicit" not in metadata["grant_types_supported"]
    assert metadata["registration_endpoint"]


@pytest.mark.parametrize(
    ("field", "path"), [("logo_uri", "/images/openid.png"), ("policy_uri", "/login.html"), ("tos_uri", "")]
)
def test_oidcc_registration_uri_is_shown(
    itself: RegisterItself, suite_server: SuiteServer, field: str, path: str
) -> None:
    """`oidcc-registration-logo-uri`, `-policy-uri`, `-tos-uri`: the suite wants a picture of the page that shows them."""
    address = suite_server.url(path) if path else "https://openid.net"
    client, _ = itself(**{field: address})
    page = client.at.browser.get(client.send(client.request()).headers["Location"])
    assert page.status_code == 200
    assert address in page.text


def test_oidcc_registration_jwks_uri(itself: RegisterItself, suite_server: SuiteServer) -> None:
    address = suite_server.show("/test/a/mes/jwks", signing.public_set(rs256_key()))
    client, _ = itself(jwks=None, jwks_uri=address)
    signed_in(client)


def test_oidcc_registration_sector_uri(itself: RegisterItself, suite_server: SuiteServer, redirect_uri: str) -> None:
    address = suite_server.show("/test/a/mes/redirect_uris.json", [redirect_uri, "https://other.example/cb"])
    first, _ = itself(subject_type="pairwise", sector_identifier_uri=address)
    second, _ = itself()
    assert signed_in(first)[1]["sub"] != signed_in(second)[1]["sub"]


def test_oidcc_registration_sector_bad(
    module_provider: Provider, token: str, suite_server: SuiteServer, redirect_uri: str
) -> None:
    address = suite_server.show("/test/a/mes/bad_redirect_uris.json", ["https://other.example/cb"])
    answer = register(
        module_provider,
        token,
        redirect_uris=[redirect_uri],
        subject_type="pairwise",
        sector_identifier_uri=address,
    )
    assert (answer.status_code, (answer.json or {})["error"]) == (400, "invalid_client_metadata")


def test_oidcc_server_rotate_keys(itself: RegisterItself) -> None:
    client, _ = itself()
    before = {key["kid"] for key in client.server_keys["keys"]}
    signed_in(client)
    client.provider.clock.advance(60)
    client.provider.house.keys.rotation.rotate("RS256", OPERATOR)
    client.provider.house.versions._looked_at = float("-inf")  # a second later
    after = {key["kid"] for key in client.server_keys["keys"]}
    assert len(after - before) == 1
    assert before <= after
    signed_in(client)


def test_oidcc_refresh_token_rp_key_rotation(itself: RegisterItself, suite_server: SuiteServer) -> None:
    path = "/test/a/mes/rotating_jwks"
    first = signing.new_key("RS256")
    address = suite_server.show(path, signing.public_set(first))
    grants = ["authorization_code", "refresh_token"]
    client, _ = itself(first, jwks=None, jwks_uri=address, grant_types=grants)
    tokens, _ = signed_in(client, scope="openid offline_access", prompt="consent")
    client.key = signing.new_key("RS256")
    suite_server.show(path, signing.public_set(client.key))
    client.provider.clock.advance(60)
    refreshed = tokens_of(client, client.refresh(tokens["refresh_token"]))
    assert client.userinfo(refreshed["access_token"]).status_code == 200


def test_oidcc_request_uri_signed_rs256(itself: RegisterItself, suite_server: SuiteServer) -> None:
    """And that `oidcc-request-uri-unsigned` is skipped: `none` is not offered, and refused.

    The suite registers an address with a fragment as of a hash, made up before there is an object (OIDC Core 6.2).
    """
    path, fragment = "/test/a/mes/requests/signed", f"#{signing.sha256('made up')}"
    client, _ = itself(request_uris=[suite_server.url(path) + fragment], request_object_signing_alg="RS256")
    assert client.metadata["request_uri_parameter_supported"] is True
    assert client.metadata["require_request_uri_registration"] is True
    inside = client.request()
    claims = {**inside, "iss": client.client_id, "aud": client.metadata["issuer"]}
    address = suite_server.show(path, signing.signed(claims, client.key), JOSE) + fragment
    beside = {name: inside[name] for name in ("client_id", "response_type", "scope", "redirect_uri")}
    found = client.at.go_on(client.send({**beside, "request_uri": address}))
    client.last = inside
    tokens_of(client, client.redeem(client.succeeded(found)["code"]))
    suite_server.show(path, signing.unsigned({**claims, "state": "unsigned"}), JOSE)
    refused = client.send({**beside, "request_uri": address})
    assert client.callback(refused)["error"] == "invalid_request_object"


def test_oidcc_ensure_request_object_with_redirect_uri(itself: RegisterItself) -> None:
    """The suite skips it without `none`; signed, what stands inside is what counts all the same."""
    client, _ = itself()
    inside = client.request()
    claims = {**inside, "iss": client.client_id, "aud": client.metadata["issuer"]}
    outside = {
        **inside,
        "redirect_uri": client.redirect_uri + "/invalid",
        "request": signing.signed(claims, client.key),
    }
    found = client.at.go_on(client.send(outside))
    client.last = inside
    client.succeeded(found)


def test_oidcc_refresh_token(itself: RegisterItself) -> None:
    grants = ["authorization_code", "refresh_token"]
    first, second = itself(grant_types=grants)[0], itself(grant_types=grants)[0]
    tokens, _ = signed_in(second, scope="openid offline_access", prompt="consent")
    second.provider.clock.advance(1)
    refreshed = tokens_of(second, second.refresh(tokens["refresh_token"]))
    assert invalid_grant(first.refresh(refreshed.get("refresh_token", tokens["refresh_token"])))


def test_oidcc_ensure_client_assertion_with_iss_aud_succeeds(itself: RegisterItself) -> None:
    client, _ = itself()
    client.assertion_audience = client.metadata["issuer"]
    signed_in(client)


def test_unregister_dynamically_registered_client(itself: RegisterItself) -> None:
    """What the suite does after each module: a warning when it fails (RFC 7592 2.3)."""
    client, said = itself()
    path = said["registration_client_uri"].removeprefix(client.provider.issuer)
    headers = {"Authorization": f"Bearer {said['registration_access_token']}"}
    assert client.provider.browser().delete(path, headers=headers).status_code == 204
    assert client.send(client.request()).status_code == 400
