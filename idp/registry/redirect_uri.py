"""What an address must be to be registered for a client (RFC 9700 2.1 and 4.1, RFC 8252 7.3, SECURITY A1)."""

from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

MAX_LENGTH = 1_000
_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def fault_of(uri: object) -> str | None:
    """Return why `uri` cannot be registered, or None when it can.

    https anywhere, http on this machine's loopback address only; no user, no fragment, no wildcard, printable ASCII.
    """
    if not isinstance(uri, str) or not uri:
        return "must be a text"
    if len(uri) > MAX_LENGTH:
        return f"must have {MAX_LENGTH} characters at most"
    if any(not "!" <= character <= "~" or character in '"<>\\^`{|}' for character in uri):
        return "must be made of printable ASCII characters that an address may have"
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not an address"
    return _fault_of_parts(uri, parts, host)


def _fault_of_parts(uri: str, parts: SplitResult, host: str | None) -> str | None:
    if parts.scheme not in ("https", "http") or not host or not uri.startswith(f"{parts.scheme}://"):
        return "must be an absolute https address"
    if "@" in parts.netloc:
        return "must not carry a user or password"
    if "#" in uri:
        return "must not have a fragment"
    if "*" in parts.netloc:
        return "must not have a wildcard"
    if parts.scheme == "http" and host not in _LOOPBACK_HOSTS:
        return "must be https; http is for this machine's loopback address only"
    return None


def is_registered(uri: str, registered: tuple[str, ...], *, is_native: bool) -> bool:
    """Whether a request may name `uri`: character by character one that is registered (RFC 9700 4.1.3).

    The one exception: a native application listens on whatever port of its own machine is free, so the port of a registered
    http address may be any (RFC 8252 7.3); all else of it, the host's spelling too, is compared as ever.
    """
    if uri in registered:
        return True
    return is_native and fault_of(uri) is None and _without_port(uri) in map(_without_port, registered)


def _without_port(uri: str) -> str:
    """Return an http address without its port, and any other as it is."""
    if not uri.startswith("http:"):
        return uri
    parts = urlsplit(uri)
    # Of the host as it is written, "[::1]" too, and never of a user before it: `fault_of` has refused those.
    host = parts.netloc if parts.netloc.endswith("]") else parts.netloc.rpartition(":")[0] or parts.netloc
    return uri.replace(parts.netloc, host, 1)


@lru_cache(maxsize=4_096)
def origin_of(uri: str) -> str:
    """Return scheme, host and port of a registered address, as a Content-Security-Policy names it."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def host_of(uri: str) -> str:
    """Return the host of a registered address, in lower case."""
    return urlsplit(uri).hostname or ""
