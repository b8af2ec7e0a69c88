"""The door of the application: a WSGI wrapper that every request passes before Flask sees it.

It gives the request its id, makes the scheme the issuer's (proxies end TLS, and nothing is built from what they say), and
answers the health questions, which load balancers ask by IP address and therefore before the host is checked.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from idp.web.health import Health
from idp.web.visitor import REQUEST_ID

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class Front:
    """Wraps the application."""

    application: "WSGIApplication"
    health: Health
    scheme: str
    """`https` or `http`, from the issuer."""
    new_id: Callable[[], str] = lambda: secrets.token_hex(8)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        environ[REQUEST_ID] = self.new_id()
        environ["wsgi.url_scheme"] = self.scheme
        path = environ.get("PATH_INFO", "")
        if path == "/healthz":
            return self.health.alive(start_response)
        if path == "/readyz":
            return self.health.ready(start_response)
        return self.application(environ, start_response)
