"""Request objects at an address of the client's (RFC 9101 5.2, OIDC Core 6.2)."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey
from werkzeug.test import TestResponse

from tests.protocol.provider import REDIRECT_URI, Provider, RelyingParty, answer_of, basic
from tests.servers.clock import HandClock
from tests.servers.documents import Documents, serving_documents
from tests.servers.stores import sqlite_stores

KEY = OKPKey.generate_key("Ed25519", {"kid": "ed"})
OBJECT_TYPE = "application/oauth-authz-req+jwt"


@dataclass
class Site:
    """A provider that may call this machine, and a client's web server on it."""

    provider: Provider
    documents: Documents

    def register(self, *paths: str, **metadata: Any) -> RelyingParty:
        return self.provider.register(
            jwks={"keys": [KEY.as_dict(private=False)]},
            request_uris=[self.documents.origin + path for path in paths],
            **metadata,
        )

    def object(self, rp: RelyingParty, **changes: Any) -> str:
        claims = {"iss": rp.client_id, "aud": self.provider.issuer, **rp.request(), **changes}
        return jwt.encode({"alg": "Ed25519", "kid": "ed", "typ": "oauth-authz-req+jwt"}, claims, KEY, ["Ed25519"])

    def put(self, text: str, content_type: str = OBJECT_TYPE, status: int = 200) -> str:
        return self.documents.put("/r", text, content_type, status)

    def send(self, rp: RelyingParty, request_uri: str, **more: str) -> TestResponse:
        browser = self.provider.sign_in(self.provider.person())
        sent = {"client_id": rp.client_id, "request_uri": request_uri, "redirect_uri": REDIRECT_URI, **more}
        return self.provider.authorize(browser, sent)

    def error(self, rp: RelyingParty, request_uri: str, **more: str) -> str:
        found = answer_of(self.send(rp, request_uri, **more))
        assert found.keys() == {"error", "error_description", "iss", "session_state"}
        return found["error"]


@pytest.fixture
def site(
    sqlite_template: Path, tmp_path: Path, clock: HandClock, provider_on: Callable[..., Provider]
) -> Iterator[Site]:
    with sqlite_stores(sqlite_template, tmp_path, clock) as stores, serving_documents() as documents:
        yield Site(provider_on(stores, outbound={"allow": ["127.0.0.1"]}), documents)


def fragment(text: str) -> str:
    return "#" + base64.urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.mark.parametrize("content_type", [OBJECT_TYPE, "application/jwt; charset=us-ascii"])
def test_5_2_what_stands_there_is_what_is_asked(site: Site, content_type: str) -> None:
    rp = site.register("/r")
    uri = site.put(site.object(rp, state="there"), content_type)
    answer = answer_of(site.send(rp, uri, state="outside"))
    assert answer.keys() == {"code", "state", "iss", "session_state"}
    assert answer["state"] == "there"
    assert site.provider.redeem(rp, answer["code"]).status_code == 200


def test_5_2_the_object_is_fetched_before_the_person_signs_in_and_then_kept(site: Site) -> None:
    rp = site.register("/r")
    uri = site.put(site.object(rp))
    browser = site.provider.browser()
    answer = site.provider.authorize(browser, {"client_id": rp.client_id, "request_uri": uri})
    assert "/sign-in?interaction=" in answer.headers["Location"]
    site.provider.sign_in(site.provider.person(), browser)
    resumed = browser.get(answer.headers["Location"].replace("/sign-in", "/authorize/resume"))
    assert "code" in answer_of(resumed)
    assert site.documents.asked["/r"] == 1


@pytest.mark.parametrize("path", ["/other", "/r?x=1", "/R", "/r/"])
def test_5_2_only_a_registered_address_is_fetched(site: Site, path: str) -> None:
    rp = site.register("/r")
    site.documents.put(path, site.object(rp), OBJECT_TYPE)
    assert site.error(rp, site.documents.origin + path) == "invalid_request_uri"
    assert not site.documents.asked


def test_5_2_an_address_of_another_client_is_not_fetched(site: Site) -> None:
    rp, other = site.register("/r"), site.register()
    uri = site.put(site.object(other))
    assert site.error(other, uri) == "invalid_request_uri"
    assert not site.documents.asked
    assert rp.client_id != other.client_id


def test_registered_is_not_reachable(site: Site) -> None:
    rp = site.provider.register(jwks={"keys": [KEY.as_dict(private=False)]}, request_uris=["https://10.0.0.1/r"])
    assert site.error(rp, "https://10.0.0.1/r") == "invalid_request_uri"


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("", OBJECT_TYPE, 404),
        ("", OBJECT_TYPE, 302),
        ("good", "text/html", 200),
        ("good", "application/json", 200),
        ("x" * 70_000, OBJECT_TYPE, 200),
    ],
)
def test_7_what_cannot_be_fetched_is_invalid_request_uri(site: Site, body: str, content_type: str, status: int) -> None:
    rp = site.register("/r")
    uri = site.put(site.object(rp) if body == "good" else body, content_type, status)
    assert site.error(rp, uri) == "invalid_request_uri"


@pytest.mark.parametrize("body", ["", "x", "é", "a.b.c", "{}"])
def test_7_what_is_no_object_is_invalid_request_object(site: Site, body: str) -> None:
    rp = site.register("/r")
    assert site.error(rp, site.put(body)) == "invalid_request_object"


def test_6_1_unsigned_and_foreign_objects_are_refused(site: Site) -> None:
    rp = site.register("/r")
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    unsigned = f"{header}.{site.object(rp).split('.')[1]}."
    for text in (unsigned, site.object(rp, client_id="another"), site.object(rp, request_uri="https://rp.example/r")):
        assert site.error(rp, site.put(text)) == "invalid_request_object"


def test_core_6_2_the_fragment_says_the_hash_of_the_content(site: Site) -> None:
    rp = site.register("/r")
    first, second = site.object(rp, state="first"), site.object(rp, state="second")
    uri = site.put(first)
    for _ in range(2):
        assert answer_of(site.send(rp, uri + fragment(first)))["state"] == "first"
    assert site.documents.asked["/r"] == 1
    assert site.error(rp, uri + fragment(second)) == "invalid_request_uri"
    site.put(second)
    assert answer_of(site.send(rp, uri + fragment(second)))["state"] == "second"
    assert answer_of(site.send(rp, uri))["state"] == "second"


def test_core_6_2_what_is_registered_with_a_fragment_is_named_with_it(site: Site) -> None:
    rp = site.register("/r#one")
    uri = site.put(site.object(rp))
    assert "code" in answer_of(site.send(rp, f"{uri}#one"))
    assert site.error(rp, uri) == "invalid_request_uri"
    assert site.error(rp, f"{uri}#two") == "invalid_request_uri"


def test_core_6_2_a_registered_fragment_may_be_older_than_the_content_which_is_then_not_kept(site: Site) -> None:
    name = fragment("made up when the client was registered")
    rp = site.register("/r" + name)
    for state in ("first", "second"):
        uri = site.put(site.object(rp, state=state))
        assert answer_of(site.send(rp, uri + name))["state"] == state
    assert site.error(rp, uri + fragment("another")) == "invalid_request_uri"


def test_5_both_ways_at_once_are_refused(site: Site) -> None:
    rp = site.register("/r")
    text = site.object(rp)
    assert site.error(rp, site.put(text), request=text) == "invalid_request"
    assert not site.documents.asked


def test_9126_2_1_an_address_cannot_be_pushed(site: Site) -> None:
    rp = site.register("/r")
    uri = site.put(site.object(rp))
    answer = site.provider.browser().post(
        "/par", data={"request_uri": uri}, headers=basic(rp.client_id, rp.client_secret or "")
    )
    assert (answer.status_code, (answer.json or {})["error"]) == (400, "invalid_request")
    assert not site.documents.asked


def test_10_5_who_must_sign_may_sign_there_and_who_must_push_may_not(site: Site) -> None:
    now = site.provider.clock.now()
    signer = site.register("/r", require_signed_request_object=True)
    assert "code" in answer_of(site.send(signer, site.put(site.object(signer, nbf=now, exp=now + 60))))
    pusher = site.register("/r", require_pushed_authorization_requests=True)
    found = answer_of(site.send(pusher, site.put(site.object(pusher))))
    assert found["error"] == "invalid_request"


def test_registered_algorithm_holds_here_too(site: Site) -> None:
    rp = site.register("/r", request_object_signing_alg="ES256")
    assert site.error(rp, site.put(site.object(rp))) == "invalid_request_object"
    same = site.register("/r", request_object_signing_alg="EdDSA")
    assert "code" in answer_of(site.send(same, site.put(site.object(same))))


def test_discovery_says_so(site: Site) -> None:
    said = site.provider.browser().get("/.well-known/openid-configuration").json or {}
    assert said["request_uri_parameter_supported"] is True
    assert said["require_request_uri_registration"] is True
