"""Calls to others over real TLS: what we refuse to call, to follow, to wait for and to read (SECURITY 1.6 A14)."""

import gzip
import json
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import trustme

from idp.outbound import Outbound, OutboundFault
from idp.outbound.calls import MAX_ANSWER_BYTES
from tests.outbound.conftest import RawServer, Resolver
from tests.servers.ports import free_port

OK = b"HTTP/1.1 200 OK\r\n"


def test_a_document_is_fetched_with_the_right_host_and_nothing_of_the_environment(
    server: RawServer, outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    server.says(OK, b'Content-Length: 9\r\nX-Kind: a\r\n\r\n{"a":"b"}')
    answer = outbound.get(server.url("/keys?x=1"))
    assert (answer.status, answer.headers["x-kind"], json.loads(answer.body)) == (200, "a", {"a": "b"})
    head = server.requests[0].decode().lower().split("\r\n")
    assert head[0] == "get /keys?x=1 http/1.1"
    assert f"host: localhost:{server.port}" in head
    assert "accept-encoding: identity" in head
    assert not [line for line in head if line.startswith(("authorization", "cookie"))]


@pytest.mark.parametrize("allow", [[], ["10.0.0.0/8"], ["other.example"], ["::1"]])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_this_machine_is_not_called_unless_a_setting_names_it(
    server: RawServer, cafile: str, allow: list[str], host: str
) -> None:
    with pytest.raises(OutboundFault, match="no address that may be called"):
        Outbound.over(allow, cafile=cafile).get(server.url(host=host))
    assert server.requests == []


def test_a_host_is_called_that_a_setting_names(server: RawServer, cafile: str) -> None:
    assert Outbound.over(["localhost"], cafile=cafile).get(server.url()).status == 200
    assert Outbound.over(cafile=cafile).allowing("localhost").get(server.url()).status == 200


@pytest.mark.parametrize("private", ["10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fd00:ec2::254", "fe80::1%lo"])
def test_a_name_that_resolves_to_a_private_address_is_not_called(
    server: RawServer, outbound: Outbound, resolver: Resolver, private: str
) -> None:
    resolver.answers = [[private]]
    with pytest.raises(OutboundFault, match="no address that may be called"):
        outbound.get(server.url(host="rebinding.example"))


def test_dns_rebinding_the_checked_address_is_the_one_that_is_called(
    server: RawServer, outbound: Outbound, resolver: Resolver
) -> None:
    # What is asked first may be called; whoever asked again would be led elsewhere.
    resolver.answers = [["127.0.0.1"], ["10.0.0.1"]]
    assert outbound.get(server.url()).status == 200
    assert resolver.asked == ["localhost"]
    with pytest.raises(OutboundFault, match="no address that may be called"):
        outbound.get(server.url())


def test_of_several_addresses_only_those_that_may_be_called_are_tried(
    server: RawServer, outbound: Outbound, resolver: Resolver
) -> None:
    # The first one would keep us waiting until the deadline.
    resolver.answers = [["10.0.0.1", "127.0.0.2", "127.0.0.1"]]
    assert outbound.get(server.url()).status == 200


def test_the_certificate_must_name_the_host_and_not_the_address(
    server: RawServer, outbound: Outbound, resolver: Resolver
) -> None:
    resolver.answers = [["127.0.0.1"]]
    with pytest.raises(OutboundFault, match="certificate is not accepted"):
        outbound.get(server.url(host="trusted.example"))
    assert server.requests == []


def test_a_certificate_of_somebody_else_is_refused(server: RawServer, tmp_path: object) -> None:
    with pytest.raises(OutboundFault, match="certificate is not accepted"):
        Outbound.over(["localhost"]).get(server.url())
    assert server.requests == []


def test_old_tls_is_refused(server: RawServer, outbound: Outbound, certificate_authority: trustme.CA) -> None:
    assert outbound.tls.minimum_version is ssl.TLSVersion.TLSv1_2
    assert outbound.tls.check_hostname
    assert outbound.tls.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(server: RawServer, outbound: Outbound, status: int) -> None:
    server.says(f"HTTP/1.1 {status} Go\r\nLocation: {server.url('/secret')}\r\nContent-Length: 0\r\n\r\n".encode())
    assert outbound.get(server.url(), keep_seconds=60).status == status
    assert outbound.post_form(server.url(), {"a": "b"}) == status
    assert not [request for request in server.requests if b"/secret" in request]


def _drip(line: ssl.SSLSocket, *, begin: bytes) -> None:
    line.sendall(begin)
    for _ in range(100):
        time.sleep(0.1)
        line.sendall(b"x")


@pytest.mark.parametrize(
    "begin", [b"", b"HTTP/1.1 ", OK, OK + b"X-Long: ", OK + b"Content-Length: 100\r\n\r\n", OK + b"\r\n"]
)
def test_a_slow_drip_ends_at_the_deadline(server: RawServer, outbound: Outbound, begin: bytes) -> None:
    server.answer = lambda line: _drip(line, begin=begin)
    began = time.monotonic()
    with pytest.raises(OutboundFault, match="too slow"):
        outbound.get(server.url())
    assert time.monotonic() - began < 5


def test_a_server_that_never_speaks_tls_ends_at_the_deadline(outbound: Outbound) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(OutboundFault, match="too slow"):
            outbound.get(f"https://localhost:{silent.getsockname()[1]}/")
        assert time.monotonic() - began < 5


def test_a_resolver_that_hangs_ends_at_the_deadline(outbound: Outbound, resolver: Resolver) -> None:
    resolver.answers = [["127.0.0.1"]]
    resolver.waits.clear()
    began = time.monotonic()
    with pytest.raises(OutboundFault, match="too slow"):
        outbound.get("https://slow.example/")
    assert time.monotonic() - began < 5
    resolver.waits.set()


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Content-Length: 65537\r\n\r\n" + b"x" * 65_537,
        OK + b"\r\n" + b"x" * 65_537,
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"10001\r\n" + b"x" * 65_537 + b"\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 60_000 + b"0\r\n\r\n",
        OK + b"".join(b"X-%d: " % number + b"y" * 1_500 + b"\r\n" for number in range(90)) + b"\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 5_000 + OK + b"\r\n",
    ],
)
def test_an_answer_that_is_too_long_is_refused(server: RawServer, outbound: Outbound, answer: bytes) -> None:
    server.says(answer)
    with pytest.raises(OutboundFault, match="too long"):
        outbound.get(server.url())


def test_an_answer_of_just_the_allowed_length_is_read(server: RawServer, outbound: Outbound) -> None:
    server.says(OK, b"Content-Length: 65536\r\n\r\n", b"x" * 65_536)
    assert len(outbound.get(server.url()).body) == MAX_ANSWER_BYTES


@pytest.mark.parametrize("encoding", [b"gzip", b"br", b"deflate", b"gzip, gzip", b"GZIP"])
def test_a_compressed_answer_is_refused_unread(server: RawServer, outbound: Outbound, encoding: bytes) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    server.says(OK, b"Content-Encoding: ", encoding, b"\r\nContent-Length: %d\r\n\r\n" % len(bomb), bomb)
    with pytest.raises(OutboundFault, match="compressed"):
        outbound.get(server.url())


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 two OK\r\n\r\n",
        OK + b"Content-Length: 10\r\n\r\nabc",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
    ],
)
def test_a_broken_answer_is_a_fault(server: RawServer, outbound: Outbound, answer: bytes) -> None:
    server.says(answer)
    with pytest.raises(OutboundFault):
        outbound.get(server.url())


@pytest.mark.parametrize("value", ["a\r\nX-Injected: 1", "a\nb", "a\0b"])
def test_no_header_is_injected(server: RawServer, outbound: Outbound, value: str) -> None:
    for url in (server.url(f"/{value}"), server.url(f"/?x={value}")):
        with pytest.raises(OutboundFault):
            outbound.get(url)
    if "\0" not in value:
        with pytest.raises(OutboundFault):
            outbound.call("GET", server.url(), headers={"X-Own": value})
    assert not [request for request in server.requests if b"Injected" in request]


def test_a_form_is_posted_and_a_huge_answer_is_not_read(server: RawServer, outbound: Outbound) -> None:
    server.says(OK, b"Content-Length: 50000000\r\n\r\n", b"x" * 1_000_000)
    assert outbound.post_form(server.url("/logout"), {"logout_token": "a.b.c", "x": "é &"}) == 200
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert b"Content-Type: application/x-www-form-urlencoded" in head
    assert body == b"logout_token=a.b.c&x=%C3%A9+%26"


def test_nobody_there_is_a_fault(outbound: Outbound) -> None:
    with pytest.raises(OutboundFault, match="no answer"):
        outbound.get(f"https://localhost:{free_port()}/")


def test_an_answer_is_kept_only_as_long_as_asked_and_only_a_good_one(server: RawServer, cafile: str) -> None:
    time_now = 0.0
    outbound = Outbound.over(["localhost"], cafile=cafile, now=lambda: time_now)
    for _ in range(3):
        outbound.get(server.url(), keep_seconds=60)
    assert len(server.requests) == 1
    outbound.get(server.url("/other"), keep_seconds=60)
    outbound.get(server.url())
    assert len(server.requests) == 3
    time_now = 60
    outbound.get(server.url(), keep_seconds=60)
    assert len(server.requests) == 4
    server.says(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
    for _ in range(2):
        assert outbound.get(server.url("/bad"), keep_seconds=60).status == 500
    assert len(server.requests) == 6


def test_one_fetches_at_a_time_and_the_others_take_its_answer(server: RawServer, outbound: Outbound) -> None:
    at_once, most = 0, 0
    lock = threading.Lock()

    def slowly(line: ssl.SSLSocket) -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.2)
        with lock:
            at_once -= 1
        line.sendall(OK + b"Content-Length: 2\r\n\r\n{}")

    server.answer = slowly
    patient = replace(outbound, timeout_seconds=3.0)
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda _: patient.get(server.url(), keep_seconds=60).status, range(8)))
        assert (kept, len(server.requests)) == ([200] * 8, 1)
        list(pool.map(lambda _: patient.get(server.url("/fresh")).status, range(4)))
    assert (most, len(server.requests)) == (1, 5)
