"""A person who is signed in changes the password: the present one, a fresh sign-in, and everything else ends (SECURITY P9)."""

from dataclasses import dataclass

from idp.accounts.accounts import Accounts
from idp.accounts.guard import Reserved
from idp.accounts.notices import Change, Notices
from idp.accounts.password_policy import normalise
from idp.accounts.passwords import HashBusy, PasswordHasher
from idp.accounts.temporary_password import TemporaryPasswords
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators.passcodes import Passcodes
from idp.clock import Clock
from idp.signin.attempts import Attempts
from idp.signin.end_sessions import EndSessions
from idp.signin.factor_changes import FRESH_SECONDS, FreshSignInNeeded
from idp.signin.new_password_rules import NewPasswordRules
from idp.signin.outcomes import Busy, Cookies, Locked, PasswordRefused, RecoveryNeeded
from idp.signin.present_password import PresentWrong
from idp.signin.sessions import BrowserSessions, Session
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class Changed:
    """The new password is in force, and only this session is left: set the cookies."""

    cookies: Cookies


@dataclass(frozen=True, slots=True)
class SamePassword:
    """The new password is the present one."""


@dataclass(frozen=True, slots=True)
class KeptElsewhere:
    """The directory keeps this person's password (fact S2)."""


@dataclass(frozen=True, slots=True)
class SessionOver:
    """This session was ended meanwhile, or another change was faster: nothing was changed, sign in again."""


ChangeOutcome = (
    Changed
    | PresentWrong
    | SamePassword
    | PasswordRefused
    | KeptElsewhere
    | FreshSignInNeeded
    | SessionOver
    | Locked
    | RecoveryNeeded
    | Busy
)


@dataclass(frozen=True)
class ChangePassword:
    """Whoever has taken over a browser that stands open still does not know the present password."""

    database: Database
    clock: Clock
    accounts: Accounts
    hasher: PasswordHasher
    rules: NewPasswordRules
    temporary_passwords: TemporaryPasswords
    passcodes: Passcodes
    attempts: Attempts
    sessions: BrowserSessions
    end_sessions: EndSessions
    notices: Notices
    trail: Trail

    def needed(self, session: Session) -> KeptElsewhere | FreshSignInNeeded | None:
        """Return why this session cannot change the password; None when it may try."""
        if session.account.is_employee:
            return KeptElsewhere()
        is_fresh = self.clock.now() - session.auth_time <= FRESH_SECONDS
        return None if is_fresh and not session.account.must_change_password else FreshSignInNeeded("")

    def __call__(
        self, session: Session, present: str, new: str, *, device_cookie: str | None, visitor: Visitor
    ) -> ChangeOutcome:
        """Judge the new password, reserve an attempt, verify the present one, and change it in one transaction."""
        if (needed := self.needed(session)) is not None:
            return needed
        account = session.account
        if rules := self.rules.broken(account, new):
            return PasswordRefused(rules)
        if self._is_same(present, new):
            return SamePassword()
        found = self.accounts.credentials_by_id(account.id)
        stored = None if found is None else found.password_hash
        try:
            with self.hasher.slot() as slot:
                begun = self.attempts.begin(account.user_id, account, device_cookie, visitor)
                if not isinstance(begun, Reserved):
                    return begun
                is_right = slot.verify(present, stored)
                hashed = slot.hash(new) if is_right else ""
        except HashBusy:
            return Busy()
        if not is_right or stored is None:
            locked = self.attempts.failed(begun, account, Event.PASSWORD_REJECTED, visitor, reason="present_password")
            return locked or PresentWrong(begun.tries_left)
        self.attempts.release(begun)
        return self._change(session, stored, hashed, visitor)

    def _change(self, session: Session, stored: str, hashed: str, visitor: Visitor) -> Changed | SessionOver:
        account = session.account
        with self.database.transaction() as connection:
            self.accounts.hold(connection, account.id)
            if session.sid not in self.sessions.live(connection, account.id):
                return SessionOver()
            if not self.accounts.passwords.replace(connection, account.id, stored, hashed):
                return SessionOver()
            self.temporary_passwords.supersede(connection, account.id)
            self.passcodes.void(connection, account.id)
            self.end_sessions.others(connection, session.sid, account, visitor, reason="password_changed")
            # A new name for the session too: who has copied the cookie is out (SECURITY S2).
            renewed = self.sessions.renew(connection, session, acr=session.acr, amr=session.amr, is_fresh=False)
            self.trail.record(connection, Event.PASSWORD_CHANGED, visitor, actor=account.sub, sid=session.sid)
            self.notices.tell(connection, account, Change.PASSWORD, language=visitor.language)
        return Changed(Cookies(session=None if renewed is None else renewed[1]))

    def _is_same(self, present: str, new: str) -> bool:
        settings = self.rules.settings.password
        return normalise(present, settings) == normalise(new, settings)
