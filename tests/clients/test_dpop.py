"""A relying party that binds its tokens to a key (RFC 9449), at the token endpoint, at userinfo and at an API."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

from clients.mmis.app import create_app
from clients.rp_kit import RelyingPartySettings
from clients.rp_kit.jose import header_of
from clients.rp_kit.presentation import Dpop
from tests.clients.peer import Claims, Peer
from tests.servers.clock import HandClock

SignIn = Callable[..., TestResponse]


class BindingPeer(Peer):
    """A provider that wants a proof with each token request and each token, and perhaps its nonce in it."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self.proofs: list[tuple[str, dict[str, Any]]] = []
        self.nonce = ""
        self.lie_in_token_answer = {"token_type": "DPoP"}

    def _answer(self, path: str, body: str, request: BaseHTTPRequestHandler) -> tuple[int, Claims]:
        if path not in ("/token", "/userinfo"):
            return super()._answer(path, body, request)
        proof = request.headers["DPoP"]
        key = _its_key(proof)
        token = jwt.decode(proof, key, algorithms=["ES256"])
        assert token.header["typ"] == "dpop+jwt"
        assert "d" not in token.header["jwk"]
        self.proofs.append((path, {**token.claims, "jkt": key.thumbprint()}))
        self.bound_to = key.thumbprint()
        if self.nonce and token.claims.get("nonce") != self.nonce:
            return (401 if path == "/userinfo" else 400), {"error": "use_dpop_nonce"}
        shown = request.headers.get("Authorization") or ""
        if path == "/userinfo":
            assert shown.startswith("DPoP at-")
            return 200, self.userinfo
        return super()._answer(path, body, request)


def _its_key(proof: str) -> ECKey:
    return ECKey.import_key(header_of(proof)["jwk"])


@pytest.fixture
def peer(clock: HandClock) -> Iterator[BindingPeer]:
    """A provider that binds."""
    provider = BindingPeer(clock)
    yield provider
    provider.stop()


@pytest.fixture
def mmis(relying: RelyingPartySettings, clock: HandClock) -> Flask:
    """MMIS with a key for its tokens."""
    return create_app(replace(relying, uses_dpop=True), has_samples=True, now=clock.now)


def test_rfc9449_4_2_each_request_has_a_proof_of_its_own(
    browser: FlaskClient, peer: BindingPeer, sign_in: SignIn, clock: HandClock
) -> None:
    assert sign_in(browser, "/members").headers["Location"] == "/members"
    (first, asked), (second, shown) = peer.proofs
    assert (first, second) == ("/token", "/userinfo")
    assert {name for name in asked if name != "jkt"} == {"htm", "htu", "iat", "jti"}
    assert (asked["htm"], asked["htu"], asked["iat"]) == ("POST", f"{peer.issuer}/token", clock.now())
    assert (shown["htm"], shown["htu"]) == ("GET", f"{peer.issuer}/userinfo")
    assert len(base64.urlsafe_b64decode(shown["ath"] + "=")) == hashlib.sha256().digest_size
    assert asked["jti"] != shown["jti"]
    assert asked["jkt"] == shown["jkt"]


def test_rfc9449_8_a_nonce_that_is_wanted_is_put_in_and_kept(
    browser: FlaskClient, peer: BindingPeer, sign_in: SignIn, clock: HandClock
) -> None:
    peer.nonce = "nonce-1"
    peer.headers = {"DPoP-Nonce": "nonce-1"}
    assert sign_in(browser, "/members").status_code == 303
    assert [(path, proof.get("nonce")) for path, proof in peer.proofs] == [
        ("/token", None),
        ("/token", "nonce-1"),
        ("/userinfo", "nonce-1"),
    ]


def test_rfc9449_8_a_provider_that_is_never_content_is_not_asked_for_ever(
    browser: FlaskClient, peer: BindingPeer, sign_in: SignIn
) -> None:
    peer.nonce = "another each time"
    peer.headers = {"DPoP-Nonce": "never-this"}
    assert sign_in(browser, "/members").status_code == 400
    assert len(peer.proofs) == 2


def test_rfc9449_5_a_token_that_is_not_bound_is_not_taken(
    browser: FlaskClient, peer: BindingPeer, sign_in: SignIn
) -> None:
    peer.lie_in_token_answer = {"token_type": "Bearer"}
    assert sign_in(browser, "/members").status_code == 503


def test_rfc9449_7_1_the_api_of_appeals_takes_the_bound_token_with_its_proof(
    relying: RelyingPartySettings,
    resource: str,
    new_browser: Callable[[Flask], FlaskClient],
    sign_in: SignIn,
    clock: HandClock,
) -> None:
    bound = replace(relying, uses_dpop=True, resources=(resource,))
    browser = new_browser(create_app(bound, now=clock.now))
    sign_in(browser)
    assert "Nothing yet" in browser.get("/appeals").get_data(as_text=True)


def test_the_address_in_a_proof_has_no_query(peer: BindingPeer, mmis: Flask, clock: HandClock) -> None:
    proof = Dpop(clock.now).headers("GET", f"{peer.issuer}/api?page=2")["DPoP"]
    claims = jwt.decode(proof, _its_key(proof), algorithms=["ES256"]).claims
    assert claims["htu"] == f"{peer.issuer}/api"
