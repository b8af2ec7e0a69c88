"""private_key_jwt (RFC 7523 3, OIDC Core 9): what an assertion must be, and that it works once."""

import base64
import json
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from tests.protocol.provider import Provider, RelyingParty

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEYS = {
    "ES256": ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"}),
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "ed", "use": "sig"}),
}
KEYS["PS256"] = KEYS["RS256"]
KEYS["Ed25519"] = KEYS["EdDSA"]
Assert = Callable[..., dict[str, str]]


def register(provider: Provider, *algorithms: str, **metadata: Any) -> RelyingParty:
    """Register a client with these keys."""
    given = {
        "grant_types": ["client_credentials"],
        "scope": "mes",
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [KEYS[alg].as_dict(private=False) for alg in algorithms]},
    }
    return provider.register(**(given | metadata))


@pytest.fixture
def machine(provider: Provider) -> RelyingParty:
    """A client with one EC key."""
    return register(provider, "ES256")


def form(provider: Provider, client: RelyingParty, alg: str = "ES256", **changes: object) -> dict[str, str]:
    """Return a token request with an assertion; a change of None leaves the claim out."""
    now = provider.clock.now()
    claims = {
        "iss": client.client_id,
        "sub": client.client_id,
        "aud": provider.issuer,
        "iat": now,
        "exp": now + 60,
        "jti": secrets.token_hex(8),
        **changes,
    }
    key = KEYS[alg]
    header = {"alg": alg, "kid": key.kid}
    assertion = jwt.encode(
        header, {name: value for name, value in claims.items() if value is not None}, key, algorithms=[alg]
    )
    return with_assertion(assertion)


def with_assertion(assertion: str) -> dict[str, str]:
    """Return a token request with this assertion."""
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
    }


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("alg", ["ES256", "RS256", "PS256", "EdDSA", "Ed25519"])
def test_each_algorithm_of_discovery_works(provider: Provider, alg: str) -> None:
    client = register(provider, alg)
    assert provider.token(form(provider, client, alg)).status_code == 200
    metadata = provider.browser().get("/.well-known/openid-configuration").json
    assert alg in metadata["token_endpoint_auth_signing_alg_values_supported"]


def test_one_of_several_keys_is_found_by_kid(provider: Provider) -> None:
    client = register(provider, "RS256", "ES256")
    for alg in ("ES256", "PS256", "RS256"):
        assert provider.token(form(provider, client, alg)).status_code == 200


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_9_only_the_registered_algorithm_is_taken(provider: Provider) -> None:
    client = register(provider, "RS256", "EdDSA", token_endpoint_auth_signing_alg="PS256")
    assert provider.token(form(provider, client, "PS256")).status_code == 200
    for alg in ("RS256", "EdDSA", "Ed25519"):
        assert provider.token(form(provider, client, alg)).status_code == 401
    renamed = register(provider, "EdDSA", token_endpoint_auth_signing_alg="EdDSA")
    for alg in ("EdDSA", "Ed25519"):
        assert provider.token(form(provider, renamed, alg)).status_code == 200


def test_fapi_5_3_2_1_a_client_of_fapi_names_the_issuer_and_nothing_else(provider: Provider) -> None:
    fapi = {"require_pushed_authorization_requests": True, "dpop_bound_access_tokens": True}
    client = register(provider, "ES256", grant_types=["authorization_code"], scope="openid", **fapi)
    asked = {**client.request(), **form(provider, client)}
    del asked["grant_type"]
    for audience, status in (("/par", 401), ("/token", 401), ("", 201)):
        asked |= form(provider, client, aud=provider.issuer + audience)
        asked.pop("grant_type")
        assert provider.browser().post("/par", data=asked).status_code == status


def test_fapi_5_4_1_a_client_of_fapi_does_not_sign_with_rs256(provider: Provider) -> None:
    fapi = {"require_pushed_authorization_requests": True, "dpop_bound_access_tokens": True}
    client = register(provider, "RS256", grant_types=["authorization_code"], scope="openid", **fapi)
    for alg, status in (("RS256", 401), ("PS256", 201)):
        asked = {**client.request(), **form(provider, client, alg)}
        del asked["grant_type"]
        assert provider.browser().post("/par", data=asked).status_code == status


def test_the_audience_may_be_the_token_endpoint(provider: Provider, machine: RelyingParty) -> None:
    assert provider.token(form(provider, machine, aud=provider.issuer + "/token")).status_code == 200


def test_five_minutes_are_the_longest_life(provider: Provider, machine: RelyingParty) -> None:
    now = provider.clock.now()
    assert provider.token(form(provider, machine, exp=now + 300)).status_code == 200
    assert provider.token(form(provider, machine, exp=now + 600)).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "another"},
        {"sub": "another"},
        {"sub": None},
        {"sub": 7},
        {"aud": "https://evil.example"},
        {"aud": ["http://localhost:8080"]},
        {"aud": None},
        {"exp": None},
        {"exp": 1},
        {"exp": "x"},
        {"exp": 10**400},
        {"exp": True},
        {"iat": 99_999_999_999},
        {"nbf": 99_999_999_999},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        # A request object that a browser has seen, by a client that writes `sub` and `jti` into it (RFC 9101 10.8).
        {"response_type": "code"},
    ],
)
def test_what_is_wrong_is_refused(provider: Provider, machine: RelyingParty, changes: dict[str, object]) -> None:
    answer = provider.token(form(provider, machine, **changes))
    assert answer.status_code == 401, answer.text
    assert answer.json == {"error": "invalid_client", "error_description": "client authentication failed"}


def test_a_jti_works_once(provider: Provider, machine: RelyingParty) -> None:
    used = form(provider, machine)
    assert provider.token(used).status_code == 200
    assert provider.token(used).status_code == 401
    provider.clock.advance(59)
    assert provider.token(used).status_code == 401


def test_a_jti_works_once_of_many_at_the_same_moment(each_provider: Provider) -> None:
    provider = each_provider
    used = form(provider, register(provider, "ES256"))
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: provider.token(used).status_code, range(32)))
    assert sorted(answers) == [200] + [401] * 31


def test_forged_assertions_are_refused(provider: Provider, machine: RelyingParty) -> None:
    good = form(provider, machine)["client_assertion"]
    header, payload, _ = good.split(".")
    stranger = ECKey.generate_key("P-256", {"kid": "ec"})
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    pem = KEYS["ES256"].as_pem(private=False)
    deep = base64.urlsafe_b64encode(b"[" * 5_000).rstrip(b"=").decode()
    forged = [
        jwt.encode({"alg": "ES256", "kid": "ec"}, claims, stranger, algorithms=["ES256"]),
        jwt.encode(
            {"alg": "HS256", "kid": "ec"}, claims, OctKey.import_key(base64.b64encode(pem)), algorithms=["HS256"]
        ),
        _none(claims),
        f"{header}.{payload}.",
        f"{header}.{deep}.AAAA",
        f"{deep}.{payload}.AAAA",
        header,
        "..",
        "\u00e9.\u00e9.\u00e9",
        "x" * 8_000,
        base64.urlsafe_b64encode(b'{"alg":"ES256","crit":["x"],"x":1}').rstrip(b"=").decode() + f".{payload}.AAAA",
    ]
    for assertion in forged:
        assert provider.token(with_assertion(assertion)).status_code == 401, assertion[:80]


def _none(claims: dict[str, object]) -> str:
    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


def test_a_private_header_parameter_does_no_harm(provider: Provider, machine: RelyingParty) -> None:
    now = provider.clock.now()
    claims = {
        "iss": machine.client_id, "sub": machine.client_id, "aud": provider.issuer, "exp": now + 60, "jti": "j-1",
    }  # fmt: skip
    from joserfc.jws import JWSRegistry

    loose = JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    assertion = jwt.encode({"alg": "ES256", "kid": "ec", "x-trace": "1"}, claims, KEYS["ES256"], registry=loose)
    assert provider.token(with_assertion(assertion)).status_code == 200


def test_the_form_s_client_id_must_be_the_same(provider: Provider, machine: RelyingParty) -> None:
    asked = form(provider, machine)
    assert provider.token({**asked, "client_id": "another"}).status_code == 401
    assert provider.token({**form(provider, machine), "client_id": machine.client_id}).status_code == 200


def test_another_assertion_type_or_none_is_refused(provider: Provider, machine: RelyingParty) -> None:
    asked = form(provider, machine)
    assert provider.token({**asked, "client_assertion_type": "urn:x"}).status_code == 401
    asked.pop("client_assertion_type")
    assert provider.token(asked).status_code == 401


def test_a_client_of_another_method_is_refused(provider: Provider) -> None:
    by_secret = provider.register(grant_types=["client_credentials"], scope="mes")
    assert provider.token(form(provider, by_secret)).status_code == 401
    client = register(provider, "ES256")
    assert provider.token({"grant_type": "client_credentials", "client_id": client.client_id}).status_code == 401
