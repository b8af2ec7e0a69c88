"""One connection to one checked IP address, under one deadline and a limit of bytes, for one request."""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from idp.outbound.fault import OutboundFault
from idp.outbound.reach import Reach
from idp.outbound.target import Target

SocketAddress = tuple[Any, ...]


class Limits:
    """What one call may take: until when, and how many bytes."""

    def __init__(self, seconds: float, most_bytes: int) -> None:
        self._ends = time.monotonic() + seconds
        self._bytes = most_bytes

    def left(self) -> float:
        """Return the seconds that are left. Raises TimeoutError."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def count(self, received: int) -> int:
        """Count bytes. Raises OutboundFault when they are too many."""
        self._bytes -= received
        if self._bytes < 0:
            raise OutboundFault("the answer is too long")
        return received


class PinnedConnection(http.client.HTTPConnection):
    """Connects to the addresses that were checked, and asks no resolver again: that one might answer differently."""

    def __init__(self, target: Target, addresses: Sequence[SocketAddress], limits: Limits, tls: ssl.SSLContext) -> None:
        super().__init__(target.host, target.port)
        self._target = target
        self._addresses = addresses
        self._limits = limits
        self._tls = tls

    def connect(self) -> None:
        """Connect to the first address that takes it."""
        plain = self._first()
        if self._target.scheme == "http":
            self.sock = plain
            return
        try:
            # The certificate must name the host, whatever address it was found at.
            secured = self._tls.wrap_socket(plain, server_hostname=self._target.host, do_handshake_on_connect=False)
        except BaseException:
            plain.close()
            raise
        try:
            secured.limits = self._limits  # type: ignore[attr-defined]
            secured.settimeout(self._limits.left())
            secured.do_handshake()
        except BaseException:
            secured.close()
            raise
        self.sock = secured

    def _first(self) -> "_LimitedSocket":
        fault = OSError("no address")
        for family, address in ((_family(address), address) for address in self._addresses):
            opened = _LimitedSocket(family, socket.SOCK_STREAM)
            opened.limits = self._limits
            try:
                opened.settimeout(self._limits.left())
                opened.connect(address)
            except OSError as error:
                opened.close()
                fault = error
            else:
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return opened
        raise fault


class _LimitedSocket(socket.socket):
    """A socket whose every wait ends at the deadline: a drip of bytes does not start the time anew."""

    limits: Limits

    def recv_into(self, *arguments: Any) -> int:
        self.settimeout(self.limits.left())
        return self.limits.count(super().recv_into(*arguments))

    def sendall(self, *arguments: Any) -> None:
        self.settimeout(self.limits.left())
        super().sendall(*arguments)


class _LimitedTls(ssl.SSLSocket):
    """The same over TLS."""

    limits: Limits

    def recv_into(self, *arguments: Any) -> int:
        self.settimeout(self.limits.left())
        return self.limits.count(super().recv_into(*arguments))

    def send(self, *arguments: Any) -> int:
        self.settimeout(self.limits.left())
        return super().send(*arguments)


@lru_cache(maxsize=8)
def trust(cafile: str) -> ssl.SSLContext:
    """Return a context that demands a certificate the system trusts, or one in `cafile`. Raises OSError, ssl.SSLError."""
    # Once a process: to read the system's authorities takes a tenth of a second.
    context = ssl.create_default_context()
    if cafile:
        context.load_verify_locations(cafile)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _LimitedTls
    return context


def find_addresses(target: Target, reach: Reach, limits: Limits) -> list[SocketAddress]:
    """Resolve the host and return what may be called of it. Raises OutboundFault, TimeoutError."""
    if target.literal is not None:
        found: list[SocketAddress] = [(str(target.literal), target.port)]
    else:
        found = _resolve(target, limits)
    allowed = [address for address in found if _may_call(target, address, reach)]
    if not allowed:
        raise OutboundFault("the host has no address that may be called")
    return allowed


def _may_call(target: Target, address: SocketAddress, reach: Reach) -> bool:
    ip = ipaddress.ip_address(str(address[0]).partition("%")[0])
    if target.scheme == "http" and not ip.is_loopback:
        return False
    return reach.may_call(target.host, ip)


def _resolve(target: Target, limits: Limits) -> list[SocketAddress]:
    """Ask the resolver in a thread of its own: it keeps no deadline, and the caller does not wait longer than its own."""
    answer: list[SocketAddress] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        answer.extend(entry[4] for entry in found)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(limits.left())
    if asking.is_alive():
        raise TimeoutError
    if not answer:
        raise OutboundFault("the host is not known")
    return answer


def _family(address: SocketAddress) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address[0] else socket.AF_INET
