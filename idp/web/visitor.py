"""Who sent a request: the client's address behind the trusted proxies, the browser's name and the request's id."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Any

from flask import Request

from idp.audit.trail import USER_AGENT_LENGTH, Visitor

REQUEST_ID = "mes.request_id"
"""Where the front leaves the request's id in the WSGI environment."""


@dataclass(frozen=True)
class Visitors:
    """Reads visitors out of requests. Call it with a Flask request."""

    trusted_proxies: int
    """How many proxies in front append to X-Forwarded-For; 0 ignores the header."""

    def __call__(self, request: Request) -> Visitor:
        """Return the visitor behind `request`."""
        environ = request.environ
        user_agent = str(environ.get("HTTP_USER_AGENT", ""))[:USER_AGENT_LENGTH]
        return Visitor(
            address=client_address(environ, self.trusted_proxies),
            user_agent=user_agent if user_agent.isprintable() else "".join(filter(str.isprintable, user_agent)),
            request_id=environ.get(REQUEST_ID, ""),
        )


def client_address(environ: Mapping[str, Any], trusted_proxies: int) -> str:
    """Return the client's IP address.

    Only what the trusted proxies wrote counts: with n of them, the n-th entry of X-Forwarded-For from the right. What
    stands further left came from the client and may be forged. Without such an entry it is the peer's address.
    """
    peer = str(environ.get("REMOTE_ADDR", ""))
    if trusted_proxies:
        hops = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        if len(hops) >= trusted_proxies and (address := _canonical(hops[-trusted_proxies].strip())):
            return address
    return _canonical(peer)


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address).partition("%")[0]
