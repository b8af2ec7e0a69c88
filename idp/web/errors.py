"""How what nobody caught leaves: a page for people, OAuth JSON for programs, and never a stack trace.

Programs are those that call the back channel (token, userinfo, JWKS, discovery); what they get is never cached.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, Request, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from idp.accounts.passwords import HashBusy
from idp.audit.support_code import support_code
from idp.keyring.keyring import NoActiveKey
from idp.keyring.make_key import KeyFault
from idp.sealing import SealBroken
from idp.signin.request_limit import TooManyRequests
from idp.store.database import StoreUnavailable
from idp.web.visitor import REQUEST_ID

log = logging.getLogger("idp.web")

RETRY_SECONDS = 5
OAUTH_ERRORS = {400: "invalid_request", 401: "invalid_client", 404: "not_found", 405: "invalid_request",
                413: "invalid_request", 415: "invalid_request", 429: "temporarily_unavailable", 500: "server_error",
                503: "temporarily_unavailable"}  # fmt: skip
DESCRIPTIONS = {400: "the request cannot be read", 404: "there is nothing at this address",
                405: "this method is not allowed here", 413: "the request is too large",
                429: "too many requests from this address",
                500: "something went wrong here, it has been logged",
                503: "the provider cannot answer right now, try again in a moment"}  # fmt: skip


class ErrorPage(Protocol):
    """Renders the page for an error of `status`; must not need the database."""

    def __call__(self, status: int) -> Response:
        """Return the page."""
        ...


@dataclass(frozen=True)
class ErrorHandlers:
    """Installs the answers to every error that no endpoint answered itself."""

    page: ErrorPage
    is_back_channel: Callable[[Request], bool]
    of_surface: Callable[[Request, int], Response | None] = lambda _request, _status: None
    """Return a surface's own answer to an error of this status at its addresses; None elsewhere."""

    def install(self, app: Flask) -> None:
        """Register the handlers on `app`."""
        app.register_error_handler(HTTPException, self._refused)
        app.register_error_handler(StoreUnavailable, self._store_away)
        app.register_error_handler(TooManyRequests, self._too_many)
        for fault in (NoActiveKey, KeyFault, HashBusy, SealBroken):
            app.register_error_handler(fault, self._for_now)
        app.register_error_handler(Exception, self._broken)

    def _refused(self, error: HTTPException) -> Response:
        answer = self._answer(error.code or 500)
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return answer

    def _too_many(self, error: TooManyRequests) -> Response:
        answer = self._answer(429)
        answer.headers["Retry-After"] = str(error.retry_after)
        return answer

    def _store_away(self, error: StoreUnavailable) -> Response:
        log.warning("request %s: %s is not available: %s", _reference(), error, type(error.__cause__).__name__)
        return self._try_again()

    def _for_now(self, error: Exception) -> Response:
        log.error("request %s: %s: %s", _reference(), type(error).__name__, error)
        return self._try_again()

    def _try_again(self) -> Response:
        answer = self._answer(503)
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
        return answer

    def _broken(self, error: Exception) -> Response:
        log.error("request %s: %s %s failed", _reference(), request.method, request.path, exc_info=error)
        return self._answer(500)

    def _answer(self, status: int) -> Response:
        own = self.of_surface(request, status)
        if own is not None:
            return own
        if not self.is_back_channel(request):
            return self.page(status)
        body = {
            "error": OAUTH_ERRORS.get(status, "invalid_request"),
            "error_description": DESCRIPTIONS.get(status, "the request is refused"),
        }
        answer = Response(json.dumps(body), status, content_type="application/json")
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _reference() -> str:
    """Return what finds the request: its id, and the support code that its page shows."""
    request_id = str(request.environ.get(REQUEST_ID, ""))
    return f"{request_id} {support_code(request_id)}".rstrip()
