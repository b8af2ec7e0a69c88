"""Clients whose keys are at an address of theirs, and who change them (OIDC Core 10.1.1): the whole way, at the endpoints."""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import Key, OKPKey, RSAKey

from idp.registry.client_keys import AGAIN_SECONDS
from tests.protocol.provider import REDIRECT_URI, Provider, RelyingParty, answer_of
from tests.servers.clock import HandClock
from tests.servers.documents import Documents, serving_documents
from tests.servers.stores import sqlite_stores

FIRST = RSAKey.generate_key(2048, {"kid": "first"})
SECOND = OKPKey.generate_key("Ed25519", {"kid": "second"})
ALGORITHM = {"first": "PS256", "second": "Ed25519"}
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class Site:
    """A provider and a client that shows its keys."""

    provider: Provider
    documents: Documents
    rp: RelyingParty

    def show(self, *keys: Key) -> None:
        self.documents.put("/jwks", json.dumps({"keys": [key.as_dict(private=False) for key in keys]}))

    def signed(self, key: Key, **claims: object) -> str:
        now, me = self.provider.clock.now(), self.rp.client_id
        said = {"iss": me, "aud": self.provider.issuer, "exp": now + 60, "jti": secrets.token_hex(8), **claims}
        alg = ALGORITHM[str(key.kid)]
        return jwt.encode({"alg": alg, "kid": key.kid}, said, key, [alg])

    def authenticates(self, key: Key) -> bool:
        """Whether an assertion by this key is taken."""
        form = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.signed(key, sub=self.rp.client_id)}
        answer = self.provider.browser().post("/revoke", data={**form, "token": "x"})
        assert answer.status_code in (200, 401)
        return answer.status_code == 200


@pytest.fixture
def site(
    sqlite_template: Path, tmp_path: Path, clock: HandClock, provider_on: Callable[..., Provider]
) -> Iterator[Site]:
    with sqlite_stores(sqlite_template, tmp_path, clock) as stores, serving_documents() as documents:
        provider = provider_on(stores, outbound={"allow": ["127.0.0.1"]})
        rp = provider.register(token_endpoint_auth_method="private_key_jwt", jwks_uri=f"{documents.origin}/jwks")
        yield Site(provider, documents, rp)


def test_10_1_1_a_client_that_changes_its_key_goes_on(site: Site) -> None:
    site.show(FIRST)
    assert site.authenticates(FIRST)
    assert not site.authenticates(SECOND)
    site.show(FIRST, SECOND)
    site.provider.clock.advance(AGAIN_SECONDS)
    assert site.authenticates(SECOND)
    assert site.authenticates(FIRST)
    assert site.documents.asked["/jwks"] == 2


def test_an_address_that_does_not_answer_is_no_500_and_no_way_in(site: Site) -> None:
    assert not site.authenticates(FIRST)
    site.documents.put("/jwks", "<html>", "text/html")
    site.provider.clock.advance(AGAIN_SECONDS)
    assert not site.authenticates(FIRST)


def test_request_objects_are_verified_by_the_same_keys(site: Site) -> None:
    site.show(FIRST, SECOND)
    browser = site.provider.sign_in(site.provider.person())
    for key in (FIRST, SECOND):
        sent = {"client_id": site.rp.client_id, "request": site.signed(key, **site.rp.request())}
        assert "code" in answer_of(site.provider.authorize(browser, sent))
    stranger = OKPKey.generate_key("Ed25519", {"kid": "second"})
    sent = {"client_id": site.rp.client_id, "request": site.signed(stranger, **site.rp.request())}
    found = answer_of(site.provider.authorize(browser, {**sent, "redirect_uri": REDIRECT_URI}))
    assert found["error"] == "invalid_request_object"
    assert site.documents.asked["/jwks"] == 1
