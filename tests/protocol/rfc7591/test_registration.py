"""Dynamic client registration (RFC 7591), where anybody may register: the answer, the rules, and what bad input gets."""

from typing import Any

import pytest

from idp.registry.metadata import FIELDS
from tests.protocol.provider import Provider
from tests.protocol.registration import WEB, Own, post, registered

MANAGED = {"client_id", "client_id_issued_at", "registration_access_token", "registration_client_uri"}
SECRET = {"client_secret", "client_secret_expires_at"}
DEFAULTS = {
    "application_type": "web",
    "backchannel_logout_session_required": False,
    "frontchannel_logout_session_required": False,
    "grant_types": ["authorization_code"],
    "response_types": ["code"],
    "scope": "openid profile email phone",
    "token_endpoint_auth_method": "client_secret_basic",
    "dpop_bound_access_tokens": False,
    "subject_type": "public",
    "require_pushed_authorization_requests": False,
    "require_signed_request_object": False,
    "require_auth_time": False,
    "id_token_signed_response_alg": "RS256",
    "authorization_signed_response_alg": "RS256",
    "first_party": False,
    "require_pkce": True,
    "access_token_format": "jwt",
}


def refusal(provider: Provider, **metadata: Any) -> tuple[int, str, str]:
    """Return status, error and the field that is named."""
    answer = post(provider, WEB | metadata)
    body = dict(answer.json or {})
    assert set(body) == {"error", "error_description"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert body["error_description"].isascii()
    return answer.status_code, body["error"], body["error_description"].partition(":")[0]


def test_3_2_1_the_answer_holds_all_that_is_registered(registering: Provider) -> None:
    answer = post(registering, WEB)
    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Pragma"] == "no-cache"
    body = dict(answer.json or {})
    assert {name: value for name, value in body.items() if name not in MANAGED | SECRET} == WEB | DEFAULTS
    assert set(body) == MANAGED | SECRET | set(WEB) | set(DEFAULTS)
    assert body["client_id_issued_at"] == registering.clock.now()
    assert body["client_secret_expires_at"] == registering.clock.now() + 30 * 86_400  # unless it is used before
    assert body["registration_client_uri"] == f"{registering.issuer}/register/{body['client_id']}"
    assert len(body["client_secret"]) >= 43
    assert len(body["registration_access_token"]) >= 43


def test_3_2_1_what_is_sent_comes_back(registering: Provider) -> None:
    sent = {
        "client_name#es": "Visor de reclamos",
        "logo_uri": "https://rp.example/logo.png",
        "policy_uri": "https://rp.example/policy",
        "tos_uri": "https://rp.example/tos",
        "client_uri": "https://rp.example/",
        "contacts": ["owner@rp.example"],
        "jwks_uri": "https://rp.example/jwks",
        "request_uris": ["https://rp.example/request#abc"],
        "initiate_login_uri": "https://rp.example/login",
        "frontchannel_logout_uri": "https://rp.example/out",
        "backchannel_logout_uri": "https://rp.example/back",
        "post_logout_redirect_uris": ["https://rp.example/done"],
        "grant_types": ["authorization_code", "refresh_token"],
        "userinfo_signed_response_alg": "ES256",
        "software_id": "4NRB1-0XZABZI9E6-5SM3R",
        "software_version": "2.2",
        "default_max_age": 600,
        "default_acr_values": ["urn:mes:acr:mfa"],
    }
    said = registered(registering, **sent).said
    assert {name: said[name] for name in sent} == sent
    assert said["scope"] == "openid profile email phone offline_access"


@pytest.mark.parametrize("method", ["none", "private_key_jwt"])
def test_3_2_1_a_client_without_a_secret_gets_none(registering: Provider, method: str) -> None:
    said = registered(registering, token_endpoint_auth_method=method, jwks_uri="https://rp.example/jwks").said
    assert not SECRET & set(said)


def test_2_what_is_not_known_is_ignored_and_null_is_nothing(registering: Provider) -> None:
    said = registered(registering, made_up="x", tos_uri=None, jwks=None, scope="openid address profile").said
    assert "made_up" not in said
    assert "tos_uri" not in said
    assert said["scope"] == "openid profile"


def test_2_a_client_without_a_name_is_called_by_its_host(registering: Provider) -> None:
    answer = post(registering, {"redirect_uris": ["https://rp.example/cb"]})
    assert dict(answer.json or {})["client_name"] == "rp.example"


@pytest.mark.parametrize(
    "uris",
    [
        [],
        [1],
        [None],
        [[]],
        [{}],
        "https://rp.example/cb",
        ["https://rp.example/cb#fragment"],
        ["http://rp.example/cb"],
        ["javascript://rp.example/%0aalert(1)"],
        ["com.example.app:/cb"],
        ["https://*.example/cb"],
        ["https://rp.example/\u00e9"],
        ["https://[::1/"],
        ["https://user@rp.example/cb"],
    ],
)
def test_3_2_2_invalid_redirect_uri(registering: Provider, uris: object) -> None:
    assert refusal(registering, redirect_uris=uris) == (400, "invalid_redirect_uri", "redirect_uris")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("post_logout_redirect_uris", ["http://rp.example/"]),
        ("initiate_login_uri", "http://rp.example/"),
        ("jwks_uri", "http://169.254.169.254/"),
        ("grant_types", ["implicit"]),
        ("grant_types", ["password"]),
        ("grant_types", ["client_credentials"]),
        ("response_types", ["token"]),
        ("token_endpoint_auth_method", "tls_client_auth"),
        ("id_token_signed_response_alg", "none"),
        ("id_token_signed_response_alg", ["RS256"]),
        ("jwks", {"keys": [{"kty": "oct", "k": "AAAA"}]}),
        ("jwks", [[[[]]]]),
        ("jwks", {"keys": [{"kty": "RSA", "n": 7, "e": {}}]}),
        ("client_name", "\ud800"),
        ("client_name", ["x"]),
        ("client_name#es", 3),
        ("logo_uri", "http://rp.example/logo"),
        ("contacts", {"a": 1}),
        ("default_max_age", 10**30),
        ("default_max_age", 1.5),
        ("userinfo_encrypted_response_alg", "RSA-OAEP"),
        ("client_id", "chosen"),
        ("client_secret", "chosen"),
        ("registration_access_token", "chosen"),
        ("scope", "openid mes"),
        ("scope", "openid scim"),
        ("scope", ["openid"]),
    ],
)
def test_3_2_2_invalid_client_metadata(registering: Provider, field: str, value: object) -> None:
    named = field.partition("#")[0]
    assert refusal(registering, **{field: value}) == (400, "invalid_client_metadata", named)


@pytest.mark.parametrize("statement", ["eyJhbGciOiJSUzI1NiJ9.e30.c2ln", 7, {"a": 1}])
def test_2_3_software_statements_are_refused(registering: Provider, statement: object) -> None:
    expected = (400, "unapproved_software_statement", "software_statement")
    assert refusal(registering, software_statement=statement) == expected


OURS = {
    "module": "mmis",
    "first_party": True,
    "minimum_acr": "urn:mes:acr:password",
    "require_pkce": False,
    "resources": ["https://api.example/"],
    "resource": "https://api.example/",
    "access_token_format": "opaque",
    "access_token_seconds": 43_200,
    "refresh_token_seconds": 31_536_000,
    "id_token_seconds": 43_200,
    "refresh_token_rotation": False,
}


def test_a14_what_only_an_operator_may_say_is_refused_by_name(registering: Provider) -> None:
    """SECURITY A14: no client gives itself a module, trust, resources or longer lives."""
    for name, value in OURS.items():
        assert refusal(registering, **{name: value}) == (400, "invalid_client_metadata", name)
    assert {name for name, field in FIELDS.items() if field.is_ours} <= {*OURS, "session_seconds"}


def test_a14_people_are_always_asked(registering: Provider) -> None:
    own = registered(registering)
    answer = registering.authorize(registering.sign_in(registering.person()), own.rp.request())
    assert answer.headers["Location"].startswith("/sign-in?")
    client = registering.house.registry.clients.get(own.client_id)
    assert client is not None
    assert not client.first_party


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"7", "application/json", 400),
        (b'"x"', "application/json", 400),
        (b"null", "application/json", 400),
        (b'{"client_name":"a","client_name":"b"}', "application/json", 400),
        (b'{"default_max_age":NaN}', "application/json", 400),
        (b'{"default_max_age":1' + b"0" * 10_000 + b"}", "application/json", 400),
        (b'{"client_name":"\xff"}', "application/json", 400),
        (b"[" * 16_000, "application/json", 400),
        (b'{"a":' * 3_000, "application/json", 400),
        (b'{"client_name":"' + b"x" * 17_000 + b'"}', "application/json", 413),
        (b"client_name=x", "application/x-www-form-urlencoded", 400),
        (b"{}", "text/plain", 400),
    ],
)
def test_f1_no_body_is_answered_with_500(registering: Provider, body: bytes, content_type: str, status: int) -> None:
    answer = registering.browser().post("/register", data=body, content_type=content_type)
    assert answer.status_code == status
    assert set(dict(answer.json or {})) == {"error", "error_description"}


def test_a_registration_is_on_the_trail_and_works_at_once(registering: Provider) -> None:
    own = registered(registering)
    entry = registering.events("client:created")[0]
    assert (entry.subject, entry.details) == (f"client:{own.client_id}", {"by": "anybody"})
    assert own.read().status_code == 200
    assert own.said["client_secret"] not in str(entry)


def test_native_applications_listen_on_any_port(registering: Provider) -> None:
    """RFC 8252 7.3."""
    native = {"application_type": "native", "token_endpoint_auth_method": "none"}
    own = registered(registering, **native, redirect_uris=["http://127.0.0.1/cb"])
    request = own.rp.request(redirect_uri="http://127.0.0.1:51004/cb", prompt="none")
    answer = registering.authorize(registering.browser(), request)
    assert answer.headers["Location"].startswith("http://127.0.0.1:51004/cb?error=login_required&")
    other = own.rp.request(redirect_uri="http://127.0.0.1:51004/other")
    assert registering.authorize(registering.browser(), other).status_code == 400


def test_an_address_registers_so_often_and_no_more(provider_on: Any, stores: Any) -> None:
    provider = provider_on(stores, registration={"open": True, "per_hour": 2})
    assert [post(provider, WEB).status_code for _ in range(3)] == [201, 201, 429]
    refused = post(provider, WEB)
    assert int(refused.headers["Retry-After"]) > 0
    assert set(dict(refused.json or {})) == {"error", "error_description"}


def test_the_whole_way(registering: Provider) -> None:
    """From a registration to an ID Token, with consent given by the person."""
    own: Own = registered(registering, grant_types=["authorization_code", "refresh_token"])
    person = registering.person()
    with registering.house.database.transaction() as connection:
        registering.house.grants.consents.give(connection, person.id, own.client_id, ("openid", "email"))
    tokens = registering.tokens(own.rp, person, scope="openid email")
    assert registering.userinfo(tokens["access_token"]).json["email"] == person.user_id  # type: ignore[index]
