"""Answers that are the same for everybody: bytes made once for each version, with ETag and Cache-Control (RFC 9110)."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from flask import Request, Response

MAX_AGE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class _Ready:
    version: int
    body: bytes
    etag: str


class ReadyBytes:
    """One such answer. `make` is called when `version` has changed; both must be cheap to call at any time."""

    def __init__(self, version: Callable[[], int], make: Callable[[], bytes], content_type: str) -> None:
        self._version = version
        self._make = make
        self._content_type = content_type
        self._ready: _Ready | None = None

    def __call__(self, request: Request) -> Response:
        """Answer one request; 304 when the asker has these bytes already."""
        version = self._version()
        ready = self._ready
        if ready is None or ready.version != version:
            body = self._make()
            ready = self._ready = _Ready(version, body, sha256(body).hexdigest()[:32])
        known = request.environ.get("HTTP_IF_NONE_MATCH", "")
        if known and f'"{ready.etag}"' in known:
            response = Response(status=304)
        else:
            response = Response(ready.body, content_type=self._content_type)
        response.headers["ETag"] = f'"{ready.etag}"'
        response.headers["Cache-Control"] = f"public, max-age={MAX_AGE_SECONDS}"
        return response
