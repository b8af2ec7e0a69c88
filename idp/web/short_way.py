"""The short way: what is asked all day is answered without the framework's way to a page.

Flask prepares for every request what only pages need (contexts, sessions, addresses); for a token that is a third of the
cost (docs/performance.md). Only the plain case takes the short way: an exact method and path, at the right host. All else,
and every error that the endpoint did not answer itself, goes through the application as any request does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Endpoint = Callable[[Request], Response | None]
"""Uses the request it is given and nothing of Flask's contexts; None, with nothing written, asks for the usual way."""


@dataclass(frozen=True)
class ShortWay:
    """Wraps the application's own WSGI entry."""

    app: Flask
    application: "WSGIApplication"
    endpoints: Mapping[tuple[str, str], Endpoint]
    """By method and path."""
    host: str
    """The one host name that is answered, without a port."""
    headers: Sequence[tuple[str, str]]
    """Added to every answer that does not set them itself."""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        endpoint = self.endpoints.get((environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")))
        if endpoint is None or environ.get("HTTP_HOST", "").partition(":")[0] != self.host:
            return self.application(environ, start_response)
        try:
            response = endpoint(Request(environ))
        except Exception as error:  # noqa: BLE001 - the application's own handlers decide
            return self._failed(error, environ)(environ, start_response)
        if response is None:
            return self.application(environ, start_response)
        there = {name.lower() for name, _ in response.headers}
        missing = [header for header in self.headers if header[0].lower() not in there]
        if response.status_code == 200:
            start_response(response.status, response.headers.to_wsgi_list() + missing)
            return [response.get_data()]
        response.headers.extend(missing)
        return response(environ, start_response)

    def _failed(self, error: Exception, environ: "WSGIEnvironment") -> Response:
        with self.app.request_context(environ):
            answer = self.app.make_response(self.app.handle_user_exception(error))
            return self.app.process_response(answer)
