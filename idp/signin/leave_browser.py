"""What a sign-out leaves in the browser: nothing of the session, and for an hour a handle on what came of telling the modules.

The handle is the ended session's `sid` under our own MAC: the page `/signed-out` shows outcomes to the browser that signed out
and to nobody who only knows or guesses a `sid` (the session's clients know it).
"""

import hmac
import re
from dataclasses import dataclass

from idp.base64url import base64url
from idp.clock import Clock
from idp.sealing import RootSecrets
from idp.signin.browser_state import Answer, BrowserState
from idp.signin.cookies import CookieJar

HANDLE_SECONDS = 3_600
"""As long as a module that does not answer is called again."""
_PURPOSE = "signed-out"
_HANDLE = re.compile(r"([A-Za-z0-9_-]{43})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class LeaveBrowser:
    """Takes the session's cookies away and gives the handle."""

    secrets: RootSecrets
    clock: Clock
    cookies: CookieJar
    state: BrowserState

    def __call__(self, answer: Answer, sid: str) -> None:
        """Do so on the answer to a sign-out; `sid` is "" where no session was at hand."""
        answer.delete_cookie(self.cookies.session, **self.cookies.options)
        self.state.take_away(answer)
        if sid:
            until = str(self.clock.now() + HANDLE_SECONDS)
            handle = f"{sid}.{until}.{base64url(self.secrets.mac(_PURPOSE, sid, until))}"
            answer.set_cookie(self.cookies.signed_out, handle, max_age=HANDLE_SECONDS, **self.cookies.options)

    def forget(self, answer: Answer) -> None:
        """Take the handle away: somebody signs in here."""
        answer.delete_cookie(self.cookies.signed_out, **self.cookies.options)

    def session_of(self, handle: str | None) -> str | None:
        """Return the `sid` of the session that this browser signed out of within the hour; None without a proper handle."""
        found = _HANDLE.fullmatch(handle or "")
        if found is None:
            return None
        sid, until, mac = found.groups()
        ours = any(
            hmac.compare_digest(mac.encode(), base64url(own).encode())
            for own in self.secrets.macs(_PURPOSE, sid, until)
        )
        return sid if ours and self.clock.now() < int(until) else None
