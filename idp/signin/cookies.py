"""The browser's cookies: what they are called and how they are set (SECURITY S3). None holds personal data."""

import re
import secrets
from collections.abc import Container
from typing import TypedDict

from idp.settings import Settings

_VALUE = re.compile(r"[A-Za-z0-9_-]{43}")


class CookieOptions(TypedDict):
    """Keyword arguments for `Response.set_cookie`."""

    secure: bool
    httponly: bool
    samesite: str
    path: str


class CookieJar:
    """Names and options for this issuer."""

    def __init__(self, settings: Settings) -> None:
        # Browsers keep a `__Host-` cookie to this very host and to https; on loopback http it could not be set at all.
        prefix = "__Host-" if settings.is_https else ""
        self.session = f"{prefix}mes_session"
        """Names the signed-in session; its value is new at every rise in assurance."""
        self.browser = f"{prefix}mes_browser"
        """Binds parked interactions to the browser that began them (`idp/signin/browser_cookie.py`)."""
        self.device = f"{prefix}mes_device"
        """Shows that this browser completed a sign-in before (SECURITY 2.3); never replaces a factor."""
        self.state = f"{prefix}mes_state"
        """What `/check-session` reads in a client's page, to tell whether this browser's sign-in is still the same."""
        self.signed_out = f"{prefix}mes_signed_out"
        """Shows the browser that signed out what came of telling the modules (`idp/signin/leave_browser.py`)."""
        self.language = f"{prefix}mes_language"
        """The language chosen with the switch of a page (a tag such as `es`)."""
        self.options: CookieOptions = {
            "secure": settings.is_https,
            "httponly": True,
            "samesite": "Lax",
            "path": "/",
        }
        # Read by our script inside a page of the client, which is another site: Lax would hide it there. Browsers take
        # None from https only; on loopback all ports are one site.
        self.state_options: CookieOptions = {
            "secure": settings.is_https,
            "httponly": False,
            "samesite": "None" if settings.is_https else "Lax",
            "path": "/",
        }
        self.device_max_age = settings.lockout.device_days * 86_400
        """`max_age` of the device cookie in seconds; session and browser cookie end with the browser."""

    def came_with(self, cookies: Container[str]) -> bool:
        """Whether a request brought a session or browser cookie of ours; posts from other sites never do (SameSite)."""
        return self.session in cookies or self.browser in cookies


def new_value() -> str:
    """Return a new 256-bit cookie value."""
    return secrets.token_urlsafe(32)


def is_value(text: str | None) -> bool:
    """Whether `text` has the shape of a value that `new_value` makes."""
    return text is not None and _VALUE.fullmatch(text) is not None
