"""A WSGI program that does nothing: the most that the server and the load driver can do. Run by `ceiling`."""

from collections.abc import Callable, Iterable
from typing import Any

_BODY = b'{"answer": "nothing"}'
_HEADERS = [("Content-Type", "application/json"), ("Content-Length", str(len(_BODY)))]


def app(_environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], Any]) -> Iterable[bytes]:
    """Answer every request with the same few bytes."""
    start_response("200 OK", _HEADERS)
    return [_BODY]
