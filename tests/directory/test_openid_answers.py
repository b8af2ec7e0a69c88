"""Evil and broken answers of an upstream OpenID provider, and settings that name none (RFC 9207, OIDC Discovery 4.3)."""

import socket
import threading
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
import trustme

from idp.directory.breaker import PAUSE_SECONDS
from idp.directory.openid_setup import UpstreamSetupFault
from idp.directory.upstream import Arrived, Departure, Errand, NotArrived, UpstreamAway, Wish
from tests.directory.openid_there_and_back import OPEN, go
from tests.servers.scripted_upstream import ScriptedUpstream


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
    called: list[object] = []

    def hang_up(listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                line, caller = listening.accept()
                called.append(caller)
                line.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=hang_up, args=(listening,), daemon=True).start()
        connector = connect(issuer=f"http://127.0.0.1:{listening.getsockname()[1]}")
        assert [connector.send(Wish()) for _ in range(50)] == [UpstreamAway()] * 50
        assert len(called) == 1
        machine[0] += PAUSE_SECONDS + 1
        assert connector.send(Wish()) == UpstreamAway()
        assert len(called) == 2


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
