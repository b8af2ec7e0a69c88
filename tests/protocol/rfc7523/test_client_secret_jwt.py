"""client_secret_jwt (OIDC Core 9): assertions by the client's secret, and by nothing that anybody else could know."""

import hmac
import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from joserfc.util import urlsafe_b64encode

from idp.audit.trail import OPERATOR
from idp.registry.rotate_secret import SecretRotated
from tests.protocol.provider import Provider, RelyingParty

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Claims = dict[str, Any]
EC = ECKey.generate_key("P-256", {"kid": "ec"})


def register(provider: Provider, **metadata: Any) -> RelyingParty:
    given = {"grant_types": ["client_credentials"], "scope": "mes", "token_endpoint_auth_method": "client_secret_jwt"}
    return provider.register(**(given | metadata))


@pytest.fixture
def machine(provider: Provider) -> RelyingParty:
    return register(provider)


def form(provider: Provider, client: RelyingParty, secret: str | None = None, alg: str = "HS256") -> dict[str, str]:
    key = OctKey.import_key(secret if secret is not None else client.client_secret or "")
    return _assertion(provider, client, lambda claims: jwt.encode({"alg": alg}, claims, key, algorithms=[alg]))


def test_9_the_secret_signs(provider: Provider, machine: RelyingParty) -> None:
    answer = provider.token(form(provider, machine))
    assert answer.status_code == 200
    assert set(answer.json or {}) == {"access_token", "token_type", "expires_in"}
    said = provider.browser().get("/.well-known/openid-configuration").json or {}
    assert "client_secret_jwt" in said["token_endpoint_auth_methods_supported"]
    assert "HS256" in said["token_endpoint_auth_signing_alg_values_supported"]


def test_an_assertion_works_once(provider: Provider, machine: RelyingParty) -> None:
    used = form(provider, machine)
    assert provider.token(used).status_code == 200
    assert provider.token(used).status_code == 401


def test_both_secrets_work_while_they_overlap(provider: Provider, machine: RelyingParty) -> None:
    rotated = provider.house.registry.rotate_secret(machine.client_id, 600, OPERATOR)
    assert isinstance(rotated, SecretRotated)
    provider.house.registry.clients.all()  # looks at once
    for secret in (rotated.client_secret, machine.client_secret):
        assert provider.token(form(provider, machine, secret)).status_code == 200
    provider.clock.advance(600)
    assert provider.token(form(provider, machine)).status_code == 401
    assert provider.token(form(provider, machine, rotated.client_secret)).status_code == 200


@pytest.mark.parametrize("alg", ["HS384", "HS512"])
def test_hs256_alone(provider: Provider, machine: RelyingParty, alg: str) -> None:
    assert provider.token(form(provider, machine, alg=alg)).status_code == 401


def test_what_others_know_is_no_secret(provider: Provider, machine: RelyingParty) -> None:
    hashed = provider.house.registry.clients.get(machine.client_id)
    assert hashed is not None
    public = provider.house.keys.keyring.verification_keys().as_dict()["keys"]
    for secret in (machine.client_id, hashed.secrets[0].hash, str(public[0])):
        assert provider.token(form(provider, machine, secret)).status_code == 401


def test_the_secret_itself_is_another_method(provider: Provider, machine: RelyingParty) -> None:
    posted = {"grant_type": "client_credentials", "client_id": machine.client_id}
    assert provider.token(posted, machine.basic).status_code == 401
    assert provider.token({**posted, "client_secret": machine.client_secret or ""}).status_code == 401
    assert provider.token(posted).status_code == 401


def test_cve_2024_37568_a_client_of_one_method_never_verifies_by_the_other(
    provider: Provider, machine: RelyingParty
) -> None:
    jwks = {"keys": [EC.as_dict(private=False)]}
    keyed = register(provider, token_endpoint_auth_method="private_key_jwt", jwks=jwks)
    for secret in (EC.as_pem(private=False), str(jwks).encode(), b""):
        assert provider.token(_assertion(provider, keyed, lambda text, by=secret: _hs256(text, by))).status_code == 401
    by_secret = register(provider, jwks=jwks)
    assert provider.token(_assertion(provider, by_secret, _es256)).status_code == 401
    assert provider.token(form(provider, by_secret)).status_code == 200
    for method in ("client_secret_basic", "client_secret_post"):
        plain = register(provider, token_endpoint_auth_method=method)
        assert provider.token(form(provider, plain)).status_code == 401


def _es256(claims: Claims) -> str:
    return jwt.encode({"alg": "ES256", "kid": "ec"}, claims, EC, algorithms=["ES256"])


def _assertion(provider: Provider, client: RelyingParty, sign: Callable[[Claims], str]) -> dict[str, str]:
    now, me = provider.clock.now(), client.client_id
    claims = {"iss": me, "sub": me, "aud": provider.issuer, "exp": now + 60, "jti": secrets.token_hex(8)}
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": sign(claims),
    }


def _hs256(claims: Claims, secret: bytes) -> str:
    """Sign as an attacker would: no library of ours takes a public key for a secret."""
    parts = ({"alg": "HS256", "kid": "ec"}, claims)
    signed = b".".join(urlsafe_b64encode(json.dumps(part).encode()) for part in parts)
    return (signed + b"." + urlsafe_b64encode(hmac.digest(secret, signed, "sha256"))).decode()
