"""The one builder of answers to an authorization request: every success and every error passes here.

It always adds `state` as it came, `iss` (RFC 9207) and `session_state` (OIDC Session Management 1.0), in the query or as a
form that posts itself; in the `jwt` modes all of it travels inside one signed JWT (JARM).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from flask import Request, Response, render_template
from werkzeug.datastructures import Headers

from idp.keyring.keyring import NoActiveKey
from idp.oidc.authorization.request import ReturnAddress
from idp.oidc.errors import PageError, PageFault, ProtocolError
from idp.oidc.face import Face
from idp.oidc.jose import RESPONSE_TYPE, Jose
from idp.registry.client import Client
from idp.registry.redirect_uri import origin_of
from idp.signin.browser_state import BrowserState, session_state
from idp.signin.sessions import Session

RESPONSE_SECONDS = 600
"""How long a signed answer may travel (JARM 2.1: 10 minutes at most)."""

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


@dataclass(frozen=True)
class AuthorizationResponse:
    """Sends the browser back to the client."""

    issuer: str
    jose: Jose
    face: Face
    browser_state: BrowserState

    def code(self, request: Request, address: ReturnAddress, code: str, session: Session) -> Response:
        """Return the successful answer to the browser of `request`, which then holds the state of its session."""
        response = self._deliver(address, {"code": code}, self.browser_state.of(session))
        self.browser_state.give(response, session, self._held(request), self.jose.clock.now())
        return response

    def error(self, request: Request, address: ReturnAddress, error: ProtocolError) -> Response:
        """Return the error answer (RFC 6749 4.1.2.1) to the browser of `request`."""
        answer = {"error": error.code.value}
        if error.description:
            answer["error_description"] = error.description
        return self._deliver(address, answer, self._held(request) or "")

    def _held(self, request: Request) -> str | None:
        return request.cookies.get(self.browser_state.cookies.state)

    def _deliver(self, address: ReturnAddress, answer: dict[str, str], browser_state: str) -> Response:
        if address.state:
            answer["state"] = address.state
        answer["iss"] = self.issuer
        if self.browser_state.is_on:
            answer["session_state"] = session_state(address.client.client_id, address.redirect_uri, browser_state)
        if address.response_mode.endswith("jwt"):
            answer = {"response": self._signed(address.client, answer)}
        if address.response_mode.startswith("form_post"):
            return self._form(address.redirect_uri, answer)
        return see_other(with_query(address.redirect_uri, answer))

    def _signed(self, client: Client, answer: dict[str, str]) -> str:
        """Return the answer as a JWT for this client (JARM 2.1). Raises PageError when no key can sign."""
        claims = {**answer, "aud": client.client_id, "exp": self.jose.clock.now() + RESPONSE_SECONDS}
        try:
            return self.jose.sign(claims, client.authorization_signed_response_alg, RESPONSE_TYPE)
        except NoActiveKey as error:
            raise PageError(PageFault.NO_ACTIVE_KEY, 503, client.name) from error

    def _form(self, redirect_uri: str, answer: dict[str, str]) -> Response:
        self.face.allow_form_target(origin_of(redirect_uri))
        page = render_template("protocol/form_post.html", action=redirect_uri, fields=answer)
        return uncached(Response(page, content_type="text/html; charset=utf-8"))


def with_query(address: str, parameters: dict[str, str]) -> str:
    """Return a registered address with parameters added to the query it may have."""
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode(parameters, quote_via=quote)}" if parameters else address


class Redirect(Response):
    """A redirect to an address that is a URI as it stands, so that it leaves as it is."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        """Return the headers; Werkzeug would take the address apart and put it together again."""
        del environ
        return self.headers


def see_other(location: str) -> Response:
    """Return a 303: the browser goes on with GET, whatever it came with (RFC 9700 4.12)."""
    return uncached(Redirect(status=303, headers=[("Location", location), ("Content-Length", "0")]))


def uncached(response: Response) -> Response:
    """Return the response marked as nobody's to keep."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
