"""Evil and broken answers of an upstream OpenID provider: none lets anybody in (OIDC Core 3.1.3.7, RFC 9207, RFC 8725)."""

import base64
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey

from idp.directory.breaker import PAUSE_SECONDS, Breaker
from idp.directory.openid import OpenIdUpstream
from idp.directory.openid_documents import KEEP_SECONDS, REFETCH_SECONDS
from idp.directory.openid_setup import UpstreamSetupFault, read_upstream_setup
from idp.directory.upstream import Arrived, Departure, Errand, NotArrived, UpstreamAway, Wish
from idp.outbound import Outbound
from idp.settings import Settings
from tests.servers.clock import HandClock
from tests.servers.ports import free_port
from tests.servers.scripted_upstream import CLIENT_ID, CLIENT_SECRET, ScriptedUpstream

OPEN = Callable[..., OpenIdUpstream]
RETURN = "http://localhost:8080/sign-in/employee/return"


@pytest.fixture
def upstream(clock: HandClock) -> Iterator[ScriptedUpstream]:
    with ScriptedUpstream().running() as running:
        running.now = clock.now()
        yield running


@pytest.fixture
def machine() -> list[float]:
    """What the machine's own seconds are, for what is kept and for the breaker."""
    return [1_000.0]


@pytest.fixture
def connect(
    make_settings: Callable[..., Settings], clock: HandClock, upstream: ScriptedUpstream, machine: list[float]
) -> OPEN:
    """Return a connector to the scripted upstream, by settings that a test changes."""

    def make(outbound: Outbound | None = None, **changes: object) -> OpenIdUpstream:
        given = {"issuer": upstream.issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | changes
        settings = make_settings(upstream=given)
        setup = read_upstream_setup(settings.upstream, settings.employee_domains, RETURN)
        now = lambda: machine[0]  # noqa: E731
        out = outbound or Outbound.over(["127.0.0.1"], timeout_seconds=1, now=now)
        return replace(OpenIdUpstream.over(setup, out, clock), breaker=Breaker(8, now))

    return make


def go(connector: OpenIdUpstream, upstream: ScriptedUpstream, **changes: str) -> object:
    """Go there and back."""
    departure = connector.send(Wish())
    assert isinstance(departure, Departure), departure
    return connector.receive(departure.errand, upstream.answer(departure.url, **changes))


def test_the_right_answer_is_taken(connect: OPEN, upstream: ScriptedUpstream) -> None:
    came = go(connect(), upstream)
    assert isinstance(came, Arrived)
    assert (came.issuer, came.subject, came.email) == (upstream.issuer, "subject-1", "dana@dmas.virginia.gov")


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": "https://evil.example"}, "id_token_iss"),
        ({"iss": ["x"]}, "id_token_iss"),
        ({"iss": None}, "id_token_iss"),
        ({"aud": "another-client"}, "id_token_aud"),
        ({"aud": [CLIENT_ID, "another-client"]}, "id_token_aud"),
        ({"aud": [CLIENT_ID, "another-client"], "azp": CLIENT_ID}, "id_token_aud"),
        ({"aud": []}, "id_token_aud"),
        ({"aud": None}, "id_token_aud"),
        ({"azp": "another-client"}, "id_token_azp"),
        ({"nonce": "another"}, "id_token_nonce"),
        ({"nonce": None}, "id_token_nonce"),
        ({"nonce": "", "nonce_supported": False}, "id_token_nonce"),
        ({"exp": 1}, "id_token_time"),
        ({"exp": None}, "id_token_time"),
        ({"exp": True}, "id_token_time"),
        ({"exp": "9999999999"}, "id_token_time"),
        ({"exp": float("inf")}, "id_token_time"),
        ({"exp": float("nan")}, "id_token_time"),
        ({"auth_time": float("inf")}, "auth_time"),
        ({"auth_time": float("nan")}, "auth_time"),
        ({"auth_time": 10**400}, "auth_time"),
        ({"auth_time": {}}, "auth_time"),
        ({"nonce": "\ud800"}, "id_token_nonce"),
        ({"at_hash": "\ud800"}, "id_token"),
        ({"sub": "\ud800"}, "id_token_sub"),
        ({"iat": None}, "id_token_time"),
        ({"iat": 9_999_999_999}, "id_token_time"),
        ({"nbf": 9_999_999_999}, "id_token_time"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "id_token_at_hash"),
        ({"at_hash": 1}, "id_token_at_hash"),
        ({"sub": None}, "id_token_sub"),
        ({"sub": ""}, "id_token_sub"),
        ({"sub": 7}, "id_token_sub"),
        ({"sub": "x" * 256}, "id_token_sub"),
        ({"sub": "ä"}, "id_token_sub"),
        ({"sub": "a\nb"}, "id_token_sub"),
    ],
)
def test_a_wrong_claim_proves_nobody(
    connect: OPEN, upstream: ScriptedUpstream, claims: dict[str, Any], reason: str
) -> None:
    upstream.claims = claims
    assert go(connect(), upstream) == NotArrived(reason)  # type: ignore[arg-type]


def test_an_id_token_without_at_hash_or_of_a_list_of_one_audience_is_right(
    connect: OPEN, upstream: ScriptedUpstream
) -> None:
    upstream.claims = {"at_hash": None, "aud": [CLIENT_ID], "azp": CLIENT_ID}
    assert isinstance(go(connect(), upstream), Arrived)


@pytest.mark.parametrize("alg", ["none", "None", "nOnE"])
def test_an_unsigned_id_token_proves_nobody(connect: OPEN, upstream: ScriptedUpstream, alg: str) -> None:
    upstream.alg, upstream.header = "none", {"alg": alg}
    assert go(connect(), upstream) == NotArrived("id_token_alg")


def test_an_id_token_signed_with_a_public_key_as_secret_proves_nobody(
    connect: OPEN, upstream: ScriptedUpstream
) -> None:
    upstream.alg = "HS256"
    for secret in (upstream.keys[0].as_pem(private=False), CLIENT_SECRET.encode(), b""):
        upstream.secret = secret
        assert go(connect(), upstream) == NotArrived("id_token_alg")


def test_only_algorithms_of_our_settings_are_taken_whatever_the_metadata_says(
    connect: OPEN, upstream: ScriptedUpstream
) -> None:
    upstream.keys = [upstream.signer, ECKey.generate_key("P-256", {"kid": "ec"})]
    upstream.alg, upstream.signer = "ES256", upstream.keys[1]
    assert go(connect(), upstream) == NotArrived("id_token_alg")
    assert isinstance(go(connect(algorithms=["ES256"]), upstream), Arrived)
    upstream.alg, upstream.signer = "PS256", upstream.keys[0]
    assert go(connect(), upstream) == NotArrived("id_token_alg")


@pytest.mark.parametrize("header", [{"typ": "at+jwt"}, {"typ": "logout+jwt"}, {"typ": 1}])
def test_a_token_of_another_kind_is_no_id_token(
    connect: OPEN, upstream: ScriptedUpstream, header: dict[str, Any]
) -> None:
    upstream.header = header
    assert go(connect(), upstream) in (NotArrived("id_token_type"), NotArrived("id_token"))


def test_a_key_of_the_same_name_is_not_the_key(connect: OPEN, upstream: ScriptedUpstream) -> None:
    upstream.signer, upstream.header = upstream.other_key(), {"kid": "key-0"}
    assert go(connect(), upstream) == NotArrived("id_token")


def test_a_key_that_comes_with_the_token_is_not_looked_at(connect: OPEN, upstream: ScriptedUpstream) -> None:
    upstream.signer = upstream.other_key()
    upstream.header = {
        "kid": "key-0",
        "jwk": upstream.other_key().as_dict(private=False),
        "jku": "https://evil.example/",
    }
    assert go(connect(), upstream) == NotArrived("id_token")


def test_rotated_keys_are_fetched_at_most_once_a_minute(
    connect: OPEN, upstream: ScriptedUpstream, machine: list[float]
) -> None:
    connector = connect()
    assert isinstance(go(connector, upstream), Arrived)
    upstream.keys, upstream.signer = [upstream.other_key()], upstream.other_key()
    machine[0] += REFETCH_SECONDS + 1
    assert isinstance(go(connector, upstream), Arrived)
    assert upstream.asked.count("/jwks") == 2
    # A key that is published nowhere does not make us ask again and again.
    upstream.header = {"kid": "nowhere"}
    for _ in range(3):
        assert go(connector, upstream) == UpstreamAway()
    assert upstream.asked.count("/jwks") == 2
    upstream.header = {}
    assert isinstance(go(connector, upstream), Arrived)
    machine[0] += KEEP_SECONDS + 1
    assert isinstance(go(connector, upstream), Arrived)
    assert upstream.asked.count("/jwks") == 3
    assert upstream.asked.count("/.well-known/openid-configuration") == 2


def test_a_token_that_names_no_key_needs_a_single_one(connect: OPEN, upstream: ScriptedUpstream) -> None:
    upstream.header = {"kid": None}
    assert isinstance(go(connect(), upstream), Arrived)
    upstream.keys = [upstream.signer, upstream.other_key()]
    assert go(connect(), upstream) == UpstreamAway()


@pytest.mark.parametrize("published", [{"keys": "none"}, {}, [], "x", {"keys": [1, None, {"kty": "RSA"}]}])
def test_broken_keys_are_an_upstream_that_is_away(connect: OPEN, upstream: ScriptedUpstream, published: object) -> None:
    right = upstream._document
    upstream._document = lambda path, *rest: published if path == "/jwks" else right(path, *rest)  # type: ignore[method-assign]
    assert go(connect(), upstream) == UpstreamAway()


def test_small_private_and_symmetric_keys_are_not_used(connect: OPEN, upstream: ScriptedUpstream) -> None:
    right, published = upstream._document, dict[str, Any]()
    upstream._document = lambda path, *rest: published if path == "/jwks" else right(path, *rest)  # type: ignore[method-assign]
    numbers = rsa.generate_private_key(65537, 1024).public_key().public_numbers()
    small = {"kty": "RSA", "e": "AQAB", "n": base64.urlsafe_b64encode(numbers.n.to_bytes(128)).decode().rstrip("=")}
    for key in (small, upstream.signer.as_dict(private=True), {"kty": "oct", "k": "eA"}):
        published["keys"] = [key | {"kid": "key-0"}]
        assert go(connect(), upstream) == UpstreamAway()


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"issuer": ["x"]},
        {"token_endpoint": "http://evil.example/token"},
        {"token_endpoint": "https://user@evil.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"jwks_uri": 7},
        {"userinfo_endpoint": "ftp://evil.example/"},
    ],
)
def test_bad_metadata_is_an_upstream_that_is_away(
    connect: OPEN, upstream: ScriptedUpstream, metadata: dict[str, Any]
) -> None:
    upstream.metadata = metadata
    assert connect().send(Wish()) == UpstreamAway()


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"<html>", b"[" * 60_000, b"{" + b" " * 70_000 + b"}", b'{"issuer": NaN}']
)
def test_metadata_that_is_none_is_an_upstream_that_is_away(
    connect: OPEN, upstream: ScriptedUpstream, body: bytes
) -> None:
    upstream._document = lambda *_: body  # type: ignore[method-assign]
    assert connect().send(Wish()) == UpstreamAway()


@pytest.mark.parametrize("address", ["https://169.254.169.254/token", "https://10.0.0.1/token", "https://[::1]/token"])
def test_metadata_leads_to_no_private_address(connect: OPEN, upstream: ScriptedUpstream, address: str) -> None:
    upstream.metadata = {"token_endpoint": address}
    assert go(connect(), upstream) == UpstreamAway()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"iss": "https://evil.example"}, NotArrived("iss")),
        ({"iss": ""}, NotArrived("iss")),
        ({"code": ""}, NotArrived("code")),
        ({"code": "x" * 5_000}, NotArrived("code")),
        ({"code": "a\r\nb"}, NotArrived("code")),
        ({"code": "ungültig"}, NotArrived("code")),
        ({"code": "of-somebody-else"}, NotArrived("code_refused")),
    ],
)
def test_mix_up_and_broken_answers(
    connect: OPEN, upstream: ScriptedUpstream, changes: dict[str, str], expected: object
) -> None:
    assert go(connect(), upstream, **changes) == expected
    if expected != NotArrived("code_refused"):
        # The code goes nowhere before the issuer is known (RFC 9207 2.4).
        assert upstream.token_requests == []


def test_an_error_of_another_issuer_is_not_believed(connect: OPEN, upstream: ScriptedUpstream) -> None:
    errand = Errand(state="s", nonce="n", verifier="v", at=upstream.now)
    refused = {"error": "access_denied", "iss": "https://evil.example"}
    assert connect().receive(errand, refused) == NotArrived("iss")


def test_an_upstream_that_does_not_know_iss_need_not_send_it(connect: OPEN, upstream: ScriptedUpstream) -> None:
    upstream.metadata = {"authorization_response_iss_parameter_supported": None}
    assert isinstance(go(connect(), upstream, iss=""), Arrived)
    assert go(connect(), upstream, iss="https://evil.example") == NotArrived("iss")


def test_a_code_works_once_and_a_nonce_belongs_to_one_errand(connect: OPEN, upstream: ScriptedUpstream) -> None:
    connector = connect()
    first, second = connector.send(Wish()), connector.send(Wish())
    assert isinstance(first, Departure)
    assert isinstance(second, Departure)
    answer = upstream.answer(first.url)
    # Another errand's verifier and nonce: PKCE refuses, and without PKCE the nonce would.
    assert connector.receive(second.errand, answer) == NotArrived("code_refused")
    answer = upstream.answer(first.url)
    mixed = replace(second.errand, verifier=first.errand.verifier)
    assert connector.receive(mixed, answer) == NotArrived("id_token_nonce")
    assert connector.receive(first.errand, answer) == NotArrived("code_refused")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        "text",
        {"access_token": "x"},
        {"access_token": "x", "id_token": 7},
        {"id_token": "a.b.c"},
        {"error": "invalid_client"},
        {"error": {"a": 1}},
        {"access_token": "x", "id_token": "a.b.c", "expires_in": float("inf")},
        {"access_token": "x", "id_token": "a.b.c", "expires_in": "soon"},
        b"<html>",
        b"\xff\xfe",
        b"[" * 60_000,
    ],
)
def test_a_token_endpoint_that_answers_nonsense_is_away(
    connect: OPEN, upstream: ScriptedUpstream, answer: object
) -> None:
    upstream.token_answer = answer  # type: ignore[assignment]
    assert go(connect(), upstream) == UpstreamAway()


@pytest.mark.parametrize(
    "token", ["", "a", "a.b", "a.b.c", "..", "e30.e30.e30", "x" * 20_000, "[.[.[", "bnVsbA.bnVsbA.x"]
)
def test_what_is_no_id_token_proves_nobody(connect: OPEN, upstream: ScriptedUpstream, token: str) -> None:
    upstream.token_answer = {"access_token": "x", "token_type": "Bearer", "id_token": token}
    assert go(connect(), upstream) in (NotArrived("id_token"), NotArrived("id_token_alg"))


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks"])
@pytest.mark.parametrize("status", [301, 404, 500, 503])
def test_an_upstream_that_answers_errors_or_redirects_is_away(
    connect: OPEN, upstream: ScriptedUpstream, path: str, status: int
) -> None:
    connector = connect()
    upstream.statuses = {path: status}
    departure = connector.send(Wish())
    if path.startswith("/.well"):
        assert departure == UpstreamAway()
    else:
        assert isinstance(departure, Departure)
        assert connector.receive(departure.errand, upstream.answer(departure.url)) == UpstreamAway()


def test_an_upstream_that_is_not_there_is_left_alone_for_a_while(connect: OPEN, machine: list[float]) -> None:
    connector = connect(issuer=f"http://127.0.0.1:{free_port()}")
    assert connector.send(Wish()) == UpstreamAway()
    began = time.monotonic()
    for _ in range(50):
        assert connector.send(Wish()) == UpstreamAway()
    assert time.monotonic() - began < 0.5
    machine[0] += PAUSE_SECONDS + 1
    assert connector.send(Wish()) == UpstreamAway()


def test_an_upstream_with_a_wrong_certificate_is_away(
    connect: OPEN, certificate_authority: trustme.CA, server_tls: Any
) -> None:
    from tests.outbound.conftest import RawServer

    server = RawServer(server_tls)
    assert connect(issuer=f"https://localhost:{server.port}").send(Wish()) == UpstreamAway()
    assert server.requests == []
    server.close()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"issuer": "http://login.example"}, "issuer: only https"),
        ({"issuer": "https://user@login.example"}, "issuer: "),
        ({"client_id": ""}, "client_id: is not set"),
        ({"client_secret": ""}, "client_secret: is not set"),
        ({"key_file": "/nowhere.pem"}, "key_file: is set and client_secret is too"),
        ({"key_file": "/nowhere.pem", "client_secret": ""}, "key_file: there is no file"),
        ({"key_file": __file__, "client_secret": ""}, "key_file: holds no private"),
        ({"scopes": ["email"]}, "scopes: must hold openid"),
        ({"domains": ["clinic.example"]}, "domains: clinic.example is not among employee_domains"),
        ({"email_claim": ""}, "email_claim: is not set"),
        ({"email_claim": "preferred_username"}, "email_is_verified: must be true"),
    ],
)
def test_settings_that_cannot_be_used_are_named(connect: OPEN, changes: dict[str, object], fault: str) -> None:
    with pytest.raises(UpstreamSetupFault, match=fault):
        connect(**changes)
