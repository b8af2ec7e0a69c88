"""The address to listen on, read from the `bind` setting."""

import re


def split_bind(bind: str) -> tuple[str, int]:
    """Return host and port of `host:port` or `[v6 address]:port`. Raises ValueError with the reason."""
    match = re.fullmatch(r"(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):([0-9]{1,5})", bind)
    if match is None or not 0 < int(match[3]) < 65536:
        raise ValueError(f"{bind!r} is not an address to listen on; write it as 127.0.0.1:8080")
    return match[1] or match[2], int(match[3])
