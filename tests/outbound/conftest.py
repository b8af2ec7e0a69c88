"""A real TLS server whose every byte a test decides, and the way out to it."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import trustme

from idp.outbound import Outbound

Answering = Callable[[ssl.SSLSocket], None]


class RawServer:
    """Reads one request on each connection, then does what the test says."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self.answer: Answering = lambda line: line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        self.requests: list[bytes] = []
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def url(self, path: str = "/", host: str = "localhost") -> str:
        return f"https://{host}:{self.port}{path}"

    def says(self, *parts: bytes) -> None:
        self.answer = lambda line: line.sendall(b"".join(parts))

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                plain, _ = self._listening.accept()
                threading.Thread(target=self._one, args=(plain,), daemon=True).start()

    def _one(self, plain: socket.socket) -> None:
        with suppress(OSError), plain, self._tls.wrap_socket(plain, server_side=True) as line:
            self.requests.append(_request(line))
            self.answer(line)


def _request(line: ssl.SSLSocket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        more = line.recv(65_536)
        if not more:
            return received
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [each.partition(b":")[2] for each in head.split(b"\r\n") if each.lower().startswith(b"content-length")]
    while lengths and len(body) < int(lengths[0]):
        more = line.recv(65_536)
        body, received = body + more, received + more
    return received


@pytest.fixture
def server(server_tls: ssl.SSLContext) -> Iterator[RawServer]:
    running = RawServer(server_tls)
    yield running
    running.close()


@pytest.fixture
def cafile(certificate_authority: trustme.CA, tmp_path: Path) -> str:
    file = tmp_path / "authority.pem"
    certificate_authority.cert_pem.write_to_path(str(file))
    return str(file)


@pytest.fixture
def outbound(cafile: str) -> Outbound:
    """The way out, with this machine allowed, and impatient."""
    return Outbound.over(["127.0.0.0/8", "::1"], cafile=cafile, timeout_seconds=1)


class Resolver:
    """Answers in place of the system's resolver, and counts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[list[str]] = []
        """One list of addresses for each question; the last one goes on."""
        self.asked: list[str] = []
        self.waits = threading.Event()
        self.waits.set()
        monkeypatch.setattr(socket, "getaddrinfo", self._getaddrinfo)

    def _getaddrinfo(self, host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        self.waits.wait(30)
        self.asked.append(host)
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(0, 0, 0, "", (address, port)) for address in addresses]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    return Resolver(monkeypatch)
