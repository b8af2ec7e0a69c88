"""A person adds an authenticator app to the account, the stronger choice at the code screen (SP 800-63B 3.1.4)."""

from dataclasses import dataclass

from idp.audit.trail import Visitor
from idp.signin.outcomes import Cookies
from idp.signin.sessions import Session


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the page shows, once: the secret in base32 and as an `otpauth:` URI for a QR code."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The app is enrolled, and the session raised to `urn:mes:acr:mfa`: set the cookies."""

    cookies: Cookies


@dataclass(frozen=True, slots=True)
class EnrolmentCodeWrong:
    """The code does not fit the secret; nothing was counted, try the next one."""


@dataclass(frozen=True, slots=True)
class FreshSignInNeeded:
    """The sign-in is too long ago to change factors (SECURITY 1.4 S6): ask for `max_age=FRESH_SECONDS` first."""


FRESH_SECONDS = 1_200
"""How recent a sign-in must be to change factors."""


@dataclass(frozen=True)
class EnrolApp:
    """Begins and confirms the enrolment of one app; a new one replaces the old when it is confirmed."""

    def begin(self, session: Session) -> Enrolment | FreshSignInNeeded:
        """Make a secret, keep it sealed and unconfirmed, and return it; while one waits, return the same."""
        raise NotImplementedError

    def confirm(
        self, session: Session, code: str, visitor: Visitor
    ) -> Enrolled | EnrolmentCodeWrong | FreshSignInNeeded:
        """Take the app into use when `code` shows that it works."""
        raise NotImplementedError
