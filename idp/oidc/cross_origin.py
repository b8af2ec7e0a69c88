"""Lets pages of other origins call the endpoints that programs in a browser need (Fetch 3.2, CORS).

None of these endpoints looks at a cookie, and the answers never allow credentials: what a page can read here it could have
read from any program. /authorize and every page allow nothing (RFC 9700 2.6).
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Request, Response

ALLOWED_HEADERS = "Authorization, Content-Type, DPoP, If-None-Match"
EXPOSED_HEADERS = "DPoP-Nonce, ETag, Retry-After, WWW-Authenticate"
PREFLIGHT_SECONDS = 3_600

Endpoint = Callable[[Request], Response]
Origins = Callable[[str], bool]
"""Whether pages of this origin may read the answer."""


def everybody(_origin: str) -> bool:
    """For what is public, or opened by a token in the request itself."""
    return True


@dataclass(frozen=True, slots=True)
class CrossOrigin:
    """An endpoint that pages of the allowed origins may call."""

    endpoint: Endpoint
    allowed: Origins
    methods: tuple[str, ...]

    def __call__(self, request: Request) -> Response:
        """Answer one request. Raises what the endpoint raises."""
        return self._let_read(self.endpoint(request), request)

    def preflight(self, request: Request) -> Response:
        """Answer the question of a browser whether a page may ask (OPTIONS)."""
        response = self._let_read(Response(status=204), request)
        if "Access-Control-Allow-Origin" in response.headers:
            response.headers["Access-Control-Allow-Methods"] = ", ".join(self.methods)
            response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
            response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
        return response

    def _let_read(self, response: Response, request: Request) -> Response:
        if self.allowed is everybody:
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
            return response
        response.headers["Vary"] = "Origin"
        origin = request.environ.get("HTTP_ORIGIN", "")
        if origin and self.allowed(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
        return response
