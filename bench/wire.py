"""HTTP/1.1 as far as the load driver needs it: requests as ready bytes, answers cut out of a buffer."""

import re
import socket
from base64 import b64encode
from urllib.parse import urlencode

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)
_SET_COOKIE = re.compile(rb"\r\nset-cookie: *([^=]+)=([^;\r]*)", re.IGNORECASE)
_BODILESS = (204, 304)


class Answer:
    """One answer: its status, its head as it came, its body."""

    __slots__ = ("body", "head", "status")

    def __init__(self, status: int, head: bytes, body: bytes) -> None:
        self.status = status
        self.head = head
        self.body = body

    @property
    def location(self) -> str:
        """Where the answer sends the browser; "" when nowhere."""
        found = _LOCATION.search(self.head)
        return found[1].decode() if found else ""

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that the answer sets."""
        return {name.decode(): value.decode() for name, value in _SET_COOKIE.findall(self.head)}


def cut_answer(buffer: bytearray) -> Answer | None:
    """Take one whole answer off the front of `buffer`, or return None while it is not all there."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(buffer[:end])
    status = int(head[9:12])
    start = end + 4
    if length := _LENGTH.search(head):
        stop = start + int(length[1])
        if len(buffer) < stop:
            return None
        body = bytes(buffer[start:stop])
    elif _CHUNKED.search(head):
        cut = _cut_chunks(buffer, start)
        if cut is None:
            return None
        body, stop = cut
    elif status in _BODILESS:
        body, stop = b"", start
    else:
        raise ValueError(f"an answer without a length cannot be kept alive: {head!r}")
    del buffer[:stop]
    return Answer(status, head, body)


def _cut_chunks(buffer: bytearray, start: int) -> tuple[bytes, int] | None:
    body = b""
    while (line_end := buffer.find(b"\r\n", start)) >= 0:
        size = int(buffer[start:line_end].split(b";")[0], 16)
        start = line_end + 2 + size + 2
        if len(buffer) < start:
            return None
        if size == 0:
            return body, start
        body += buffer[line_end + 2 : line_end + 2 + size]
    return None


def ask(address: tuple[str, int], request: bytes) -> Answer:
    """Send one request on a connection of its own and return the answer. Raises OSError."""
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(request)
        buffer = bytearray()
        while (answer := cut_answer(buffer)) is None:
            data = connection.recv(65536)
            if not data:
                raise ConnectionResetError(f"{address} closed the connection before its answer was complete")
            buffer += data
    return answer


def get(host: str, path: str, headers: str = "") -> bytes:
    """Return a GET request; `headers` are whole lines, each ended by CR LF."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n{headers}\r\n".encode()


def post(host: str, path: str, form: str, headers: str = "") -> bytes:
    """Return a POST request with a form that is already encoded."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\n{headers}"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n{form}"
    ).encode()


def form(**fields: str) -> str:
    """Return `fields` as an encoded form."""
    return urlencode(fields)


def basic(user: str, password: str) -> str:
    """Return the Authorization header line for Basic authentication (user and password without reserved characters)."""
    return f"Authorization: Basic {b64encode(f'{user}:{password}'.encode()).decode()}\r\n"
