"""Reads an address that we are to call, and refuses every way of writing one that programs understand differently."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from idp.outbound.fault import OutboundFault

LONGEST_URL = 2_048
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# A line break would begin a header of its own, a backslash ends the host for some readers and not for others.
_PLAIN = re.compile(r"[\x21-\x5b\x5d-\x7e]+")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}")
# `2130706433`, `0x7f.1` and `127.1` are 127.0.0.1 to a resolver: a last label that may be a number is no name (WHATWG URL 3.5).
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)")
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Target:
    """An address that can be called, in parts."""

    scheme: str
    host: str
    """Lower-case ASCII name, or an IP address without brackets."""
    port: int
    path: str
    """With its query."""
    literal: Address | None
    """The IP address, where the host is one."""

    @property
    def is_loopback_by_name(self) -> bool:
        """Whether the host says itself that it is this machine."""
        return self.host == "localhost" if self.literal is None else self.literal.is_loopback

    @property
    def host_header(self) -> str:
        """The `Host` header of a request for it (RFC 9110 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def read_target(url: str) -> Target:
    """Return what `url` names. Raises OutboundFault unless it is https, or http on this machine, and written plainly."""
    if len(url) > LONGEST_URL or _PLAIN.fullmatch(url) is None:
        raise OutboundFault("the address is too long or holds characters that no address has")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise OutboundFault("that is no address") from error
    if parts.scheme not in _PORTS:
        raise OutboundFault("only https addresses are called")
    literal = _literal(host, bracketed=parts.netloc.startswith("["))
    shown = f"[{host}]" if ":" in host else host
    if parts.netloc.lower() not in (shown, f"{shown}:{port}") or port == 0 or parts.fragment:
        # A user name in front may look like the host (`https://trusted.example@other.example`).
        raise OutboundFault("the address must be a host and a port, without user and fragment")
    target = Target(
        parts.scheme,
        host,
        port or _PORTS[parts.scheme],
        (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        literal,
    )
    if target.scheme == "http" and not target.is_loopback_by_name:
        raise OutboundFault("only https addresses are called")
    return target


def check_outbound_url(url: str) -> None:
    """Raise OutboundFault unless `url` is https, or http on this machine's loopback address. Resolves nothing."""
    read_target(url)


def _literal(host: str, *, bracketed: bool) -> Address | None:
    if bracketed:
        try:
            # A zone (`fe80::1%eth0`) belongs to no address that others could mean.
            return ipaddress.IPv6Address("" if "%" in host else host)
        except ValueError as error:
            raise OutboundFault("that is no IPv6 address") from error
    try:
        # Refuses leading noughts, which some read as octal.
        return ipaddress.IPv4Address(host)
    except ValueError:
        if len(host) > 253 or _NAME.fullmatch(host) is None or _NUMBER.fullmatch(host.rpartition(".")[2]):
            raise OutboundFault("the address names no host") from None
    return None
