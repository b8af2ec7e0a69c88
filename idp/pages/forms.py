"""Reading forms: one token per browser against forged requests, and limits on what is read at all.

The token is a keyed hash of the browser cookie (OWASP: signed double submit), the login form included (SECURITY X2).
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from idp.base64url import base64url
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.signin.browser_cookie import browser_of
from idp.signin.cookies import CookieJar, new_value

BODY_BYTES = 65_536
"""Longest body of a form; more is answered 413."""
MOST_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of one form, each there once, decoded, without surprises."""

    fields: Mapping[str, str]
    is_ours: bool
    """Whether the token and the browser say that our own page sent it; otherwise nothing may be done with it."""

    def text(self, name: str, longest: int) -> str:
        """Return a field, "" when it is missing. Raises BadRequest when it is longer than any browser would send."""
        value = self.fields.get(name, "")
        if len(value) > longest:
            raise BadRequest
        return value


@dataclass(frozen=True)
class Forms:
    """Gives out tokens and reads forms."""

    settings: Settings
    secrets: RootSecrets
    cookies: CookieJar

    def token(self) -> str:
        """Return the token for a form of the page being made; a browser without a cookie gets one with the answer."""
        return self._token_for(self.browser() or self.give_browser(new_value()))

    def browser(self) -> str | None:
        """Return the browser cookie's value: what this answer will set, else what came; None without a usable one."""
        value: str | None = g.get("mes_browser") or request.cookies.get(self.cookies.browser)
        return None if browser_of(value) is None else value

    def give_browser(self, value: str) -> str:
        """Set the browser cookie with the answer being made."""
        g.mes_browser = value
        return value

    def install(self, app: Flask) -> None:
        """Let every answer of `app` carry the browser cookie that its page needs."""
        app.after_request(self._keep_browser)

    def _keep_browser(self, answer: Response) -> Response:
        value = g.get("mes_browser")
        if value and value != request.cookies.get(self.cookies.browser):
            answer.set_cookie(self.cookies.browser, value, **self.cookies.options)
        return answer

    def read(self, *, more_fields: int = 0) -> Form:
        """Read a POST. Raises BadRequest, RequestEntityTooLarge or UnsupportedMediaType, never anything else.

        It has MOST_FIELDS at most, and `more_fields` where a page makes that many of its own.
        """
        request.max_content_length = BODY_BYTES
        if request.mimetype != "application/x-www-form-urlencoded":
            raise UnsupportedMediaType
        body = request.get_data()
        if len(body) == BODY_BYTES:
            # A body without a declared length is cut off there; raises RequestEntityTooLarge when it goes on.
            request.stream.read(1)
        try:
            pairs = parse_qsl(
                body.decode("ascii"),
                keep_blank_values=True,
                encoding="utf-8",
                errors="strict",
                max_num_fields=MOST_FIELDS + more_fields,
            )
        except ValueError as error:
            raise BadRequest from error
        fields = dict(pairs)
        if len(fields) != len(pairs) or any("\0" in value for value in fields.values()):
            raise BadRequest
        return Form(fields, is_ours=self._is_ours(fields.get("csrf", "")))

    def _is_ours(self, token: str) -> bool:
        browser = browser_of(request.cookies.get(self.cookies.browser))
        if browser is None or not _is_same_origin(self.settings.issuer):
            return False
        given = token.encode()
        return any(hmac.compare_digest(given, base64url(mac).encode()) for mac in self.secrets.macs("csrf", browser))

    def _token_for(self, cookie: str) -> str:
        # Over the name alone: the form in another tab stays good while somebody signs in here.
        return base64url(self.secrets.mac("csrf", browser_of(cookie) or ""))


def _is_same_origin(issuer: str) -> bool:
    """Whether the browser says that the form stood on a page of ours; old browsers say nothing, the token decides.

    Under `Referrer-Policy: no-referrer` browsers write `Origin: null` for our own forms too, so it proves nothing.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    origin = request.headers.get("Origin", "null")
    parts = urlsplit(issuer)
    return origin in ("null", f"{parts.scheme}://{parts.netloc}")
