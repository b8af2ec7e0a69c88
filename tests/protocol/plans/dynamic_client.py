"""A client of the suite that registers itself (RFC 7591, OIDC Registration 1.0), as the plan Dynamic's does."""

from collections.abc import Callable
from functools import cache
from typing import Any

from werkzeug.test import TestResponse

from idp.audit.trail import OPERATOR
from idp.registry.registration_terms import RegistrationTerms
from tests.protocol.plans import signing
from tests.protocol.plans.at_the_browser import PersonAtBrowser
from tests.protocol.plans.conformance_client import ConformanceClient
from tests.protocol.provider import Provider, bearer

RegisterItself = Callable[..., ConformanceClient]


@cache
def rs256_key(kid: str = "") -> Any:
    """Return the suite's RS256 key; without a `kid`, as it is registered by value."""
    return signing.new_key("RS256", with_kid=bool(kid))


def initial_access_token(provider: Provider) -> str:
    """Return what an operator gives to whoever runs the suite."""
    terms = RegistrationTerms(require_pkce=False)
    return provider.house.registry.initial_tokens.make(
        "conformance", terms, uses=1_000, lifetime_seconds=86_400, visitor=OPERATOR
    )[1]


def register(provider: Provider, token: str, **metadata: Any) -> TestResponse:
    """Post to the registration endpoint what the suite posts; a change of None leaves a field out."""
    given: dict[str, Any] = {
        "client_name": "Suite",
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": signing.public_set(rs256_key()),
        "contacts": ["certification@oidf.org"],
        **metadata,
    }
    document = provider.browser().get("/.well-known/openid-configuration").json or {}
    path = document["registration_endpoint"].removeprefix(provider.issuer)
    body = {name: value for name, value in given.items() if value is not None}
    return provider.browser().post(path, json=body, headers=bearer(token))


def registered(
    provider: Provider, at: PersonAtBrowser, token: str, key: Any = None, **metadata: Any
) -> tuple[ConformanceClient, dict[str, Any]]:
    """Register a client that must succeed; return it and the answer, checked (OIDC Registration 3.2)."""
    answer = register(provider, token, **metadata)
    assert answer.status_code == 201, answer.text
    assert answer.content_type == "application/json"
    said = dict(answer.json or {})
    assert said["client_id"]
    assert "error" not in said
    assert "registration_access_token" in said
    assert said["registration_client_uri"].startswith(provider.issuer + "/")
    if "client_secret" in said:
        assert isinstance(said["client_secret_expires_at"], int)
    for name, value in metadata.items():
        assert value is None or said[name] == value, name
    client = ConformanceClient(
        provider,
        at,
        said["client_id"],
        said.get("client_secret", ""),
        said["token_endpoint_auth_method"],
        key or rs256_key(),
        redirect_uri=said["redirect_uris"][0],
        id_token_alg=said["id_token_signed_response_alg"],
    )
    return client, said
