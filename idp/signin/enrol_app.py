"""A person adds an authenticator app to the account, the stronger choice at the code screen (SP 800-63B 3.1.4)."""

from dataclasses import dataclass

from idp.accounts.lockout import Guards
from idp.accounts.notices import Change, Notices
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators.authenticator_app import ACR, AMR, AuthenticatorApps
from idp.signin.acr import satisfies
from idp.signin.factor_changes import FactorChanges, FreshSignInNeeded
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
    """The app is enrolled, and the session raised to `urn:mes:acr:mfa` if it was not that strong: set the cookies."""

    cookies: Cookies


@dataclass(frozen=True, slots=True)
class EnrolmentCodeWrong:
    """The code does not fit the secret; nothing was counted, try the next one."""


@dataclass(frozen=True)
class EnrolApp:
    """Begins and confirms the enrolment of one app; a new one replaces the old when it is confirmed."""

    database: Database
    apps: AuthenticatorApps
    changes: FactorChanges
    sessions: BrowserSessions
    guards: Guards
    notices: Notices
    trail: Trail

    def begin(self, session: Session) -> Enrolment | FreshSignInNeeded:
        """Make a secret, keep it sealed and unconfirmed, and return it; while this session's waits, return the same."""
        with self.database.transaction() as connection:
            if (needed := self.changes.needed(connection, session)) is not None:
                return needed
            new = self.apps.begin(connection, session.account, session.sid)
        return Enrolment(new.secret, new.uri)

    def confirm(
        self, session: Session, code: str, visitor: Visitor
    ) -> Enrolled | EnrolmentCodeWrong | FreshSignInNeeded:
        """Take the app into use when `code` shows that it works; the same code raises the session."""
        account = session.account
        with self.database.transaction() as connection:
            if (needed := self.changes.needed(connection, session)) is not None:
                return needed
            if not self.apps.confirm(connection, account.id, session.sid, code):
                return EnrolmentCodeWrong()
            # What was guessed was another app's.
            self.guards.clear_apart(connection, account.user_id, "app")
            self.trail.record(connection, Event.APP_ENROLLED, visitor, actor=account.sub, sid=session.sid)
            self.notices.tell(connection, account, Change.APP_ADDED, language=visitor.language)
            amr = (*session.amr, *(value for value in AMR if value not in session.amr))
            # A session that shows a passkey stays as strong as it is.
            acr = session.acr if satisfies(session.acr, ACR) else ACR
            renewed = self.sessions.renew(connection, session, acr=acr, amr=amr, is_fresh=False)
            if renewed is not None:
                self.trail.record(
                    connection, Event.SESSION_RAISED, visitor, actor=account.sub, sid=session.sid, acr=acr
                )
        return Enrolled(Cookies(session=None if renewed is None else renewed[1]))
