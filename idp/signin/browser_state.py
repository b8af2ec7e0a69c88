"""What clients are told to watch for a sign-in or sign-out in this browser (OIDC Session Management 1.0).

A cookie that the page `/check-session` can read holds a value made from the session. It is no secret and opens nothing:
clients hold it only mixed with a salt and their own origin (`session_state`), and the page tells them whether it still fits.
"""

import hashlib
import secrets as chance
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from idp.base64url import base64url
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.signin.cookies import CookieJar
from idp.signin.sessions import Session

CHECK_SESSION_PATH = "/check-session"
_PURPOSE = "browser-state"
_SALT_BYTES = 9
_STANDARD_PORTS = {"https": 443, "http": 80}


class Answer(Protocol):
    """An HTTP response, as far as cookies go."""

    def set_cookie(
        self,
        key: str,
        value: str = "",
        max_age: int | None = None,
        *,
        path: str | None = "/",
        secure: bool = False,
        httponly: bool = False,
        samesite: str | None = None,
    ) -> None:
        """Set a cookie."""
        ...

    def delete_cookie(
        self,
        key: str,
        path: str | None = "/",
        *,
        secure: bool = False,
        httponly: bool = False,
        samesite: str | None = None,
    ) -> None:
        """Delete a cookie."""
        ...


@dataclass(frozen=True)
class BrowserState:
    """Makes, gives and takes away the value. Does nothing where session management is switched off."""

    settings: Settings
    secrets: RootSecrets
    cookies: CookieJar

    @property
    def is_on(self) -> bool:
        """Whether session management is offered (setting `session.management`)."""
        return self.settings.session.management

    def of(self, session: Session) -> str:
        """Return the value for a session: the same for as long as its `sid` lives, through step-ups too."""
        return base64url(self.secrets.mac(_PURPOSE, session.sid))

    def give(self, answer: Answer, session: Session, held: str | None, now: int) -> None:
        """Have the browser hold the value of its session; `held` is the value that it came with."""
        value = self.of(session)
        if self.is_on and held != value:
            left = max(1, session.expires_at - now)
            answer.set_cookie(self.cookies.state, value, max_age=left, **self.cookies.state_options)

    def take_away(self, answer: Answer) -> None:
        """Have the browser hold none: it is signed out."""
        if self.is_on:
            answer.delete_cookie(self.cookies.state, **self.cookies.state_options)


def session_state(client_id: str, redirect_uri: str, state: str) -> str:
    """Return `session_state` for a client (OIDC Session Management 1.0 3.2); `state` is "" for a browser that holds none."""
    salt = base64url(chance.token_bytes(_SALT_BYTES))
    digest = hashlib.sha256(f"{client_id} {browser_origin(redirect_uri)} {state} {salt}".encode()).digest()
    return f"{base64url(digest)}.{salt}"


def browser_origin(uri: str) -> str:
    """Return the origin of an address as browsers write it (RFC 6454 6.2): lower case, without a standard port."""
    parts = urlsplit(uri)
    scheme, host = parts.scheme.lower(), parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    if parts.port is None or parts.port == _STANDARD_PORTS.get(scheme):
        return f"{scheme}://{host}"
    return f"{scheme}://{host}:{parts.port}"
