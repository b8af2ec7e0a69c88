"""The address in a DPoP proof, so written that two ways of writing one address compare equal (RFC 9449 4.3, RFC 3986 6.2)."""

from urllib.parse import unquote, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalised(address: str) -> str:
    """Return the address without query and fragment: scheme and host in lower case, no default port, its path in clear.

    "" for what is no absolute http address; a user name in one makes it none.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc:
        return ""
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{port}"
    # In clear, because that is what a request is routed by.
    return f"{scheme}://{host}{_without_dots(unquote(parts.path)) or '/'}"


def _without_dots(path: str) -> str:
    """Return the path without `.` and `..` (RFC 3986 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
