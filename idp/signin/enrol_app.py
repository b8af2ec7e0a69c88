"""A person adds an authenticator app to the account, the stronger choice at the code screen (SP 800-63B 3.1.4)."""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators.authenticator_app import ACR, AMR, AuthenticatorApps
from idp.clock import Clock
from idp.notify.messages import AuthenticatorAppAddedMail
from idp.notify.outbox import Outbox
from idp.signin.acr import MFA, PASSCODE, satisfies
from idp.signin.outcomes import Cookies
from idp.signin.sessions import BrowserSessions, Session
from idp.store.database import Database


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
    """The sign-in is too long ago or too weak to change factors (SECURITY 1.4 S6): ask for these two first."""

    acr: str = PASSCODE
    """Level of assurance to reach; with `max_age=FRESH_SECONDS`."""


FRESH_SECONDS = 1_200
"""How recent a sign-in must be to change factors."""


@dataclass(frozen=True)
class EnrolApp:
    """Begins and confirms the enrolment of one app; a new one replaces the old when it is confirmed.

    What an account has protects what it gets (SP 800-63B 4.1.2.1): an app in use is replaced only by who has shown it, and
    the first one is bound only after a second factor. Or a password alone would be worth as much as the app.
    """

    database: Database
    clock: Clock
    apps: AuthenticatorApps
    sessions: BrowserSessions
    outbox: Outbox
    trail: Trail

    def begin(self, session: Session) -> Enrolment | FreshSignInNeeded:
        """Make a secret, keep it sealed and unconfirmed, and return it; while this session's waits, return the same."""
        with self.database.transaction() as connection:
            if (needed := self._needed(connection, session)) is not None:
                return needed
            new = self.apps.begin(connection, session.account, session.sid)
        return Enrolment(new.secret, new.uri)

    def confirm(
        self, session: Session, code: str, visitor: Visitor
    ) -> Enrolled | EnrolmentCodeWrong | FreshSignInNeeded:
        """Take the app into use when `code` shows that it works; the same code raises the session."""
        account = session.account
        with self.database.transaction() as connection:
            if (needed := self._needed(connection, session)) is not None:
                return needed
            if not self.apps.confirm(connection, account.id, session.sid, code):
                return EnrolmentCodeWrong()
            self.trail.record(connection, Event.APP_ENROLLED, visitor, actor=account.sub, sid=session.sid)
            mail = AuthenticatorAppAddedMail(given_name=account.given_name, added_at=self.clock.now())
            self.outbox.enqueue(connection, mail, account.user_id, locale=account.locale or visitor.language)
            amr = (*session.amr, *(value for value in AMR if value not in session.amr))
            renewed = self.sessions.renew(connection, session, acr=ACR, amr=amr, is_fresh=False)
            if renewed is not None:
                self.trail.record(
                    connection, Event.SESSION_RAISED, visitor, actor=account.sub, sid=session.sid, acr=ACR
                )
        return Enrolled(Cookies(session=None if renewed is None else renewed[1]))

    def _needed(self, connection: Connection, session: Session) -> FreshSignInNeeded | None:
        level = MFA if self.apps.is_enrolled(connection, session.account.id) else PASSCODE
        is_fresh = self.clock.now() - session.auth_time <= FRESH_SECONDS
        if is_fresh and satisfies(session.acr, level) and not session.account.must_change_password:
            return None
        return FreshSignInNeeded(level)
