"""A person changes the User ID on the account page: a recent, full sign-in, the password, and the code mailed to the new address.

The password, for a browser may stand open: resets go to the new address, so whoever sits there would have the account. Both
addresses are then shown to be the person's, so it takes effect at once, and a mistyped one leads nowhere. Nothing here tells
whether the new address is somebody's: to one that is, another mail goes, and the page says the same.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.guard import Reserved
from idp.accounts.known_device import KnownDevices
from idp.accounts.lockout import Guards
from idp.accounts.model import Account
from idp.accounts.notices import Change as Notice
from idp.accounts.notices import Notices
from idp.accounts.user_ids import Change, Fault, UserIdChanges, wanted_user_id
from idp.accounts.user_ids.changes import new_change_id
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators.passcodes import NewCode, Passcodes, Try
from idp.notify.outbox import Outbox
from idp.notify.user_id_messages import UserIdCodeMail, UserIdTakenMail
from idp.settings import Settings
from idp.signin.attempts import Attempts
from idp.signin.factor_changes import FactorChanges, FreshSignInNeeded
from idp.signin.finish_user_id_change import FinishUserIdChange
from idp.signin.outcomes import Busy, CodeMalformed, CodeSpent, CodeWrong, Cookies, Locked, RecoveryNeeded, SendRefused
from idp.signin.present_password import PresentPassword, PresentWrong
from idp.signin.sessions import Session
from idp.signin.start_user_id_change import is_free
from idp.store.database import Database

CHANNEL = "user_id"
"""What its codes are counted under, apart from those for signing in."""


@dataclass(frozen=True, slots=True)
class UserIdCodeSent:
    """Done, or nothing that anybody could tell."""


@dataclass(frozen=True, slots=True)
class UserIdChanged:
    """It is the User ID now."""

    user_id: str
    cookies: Cookies
    """So that this browser stays a known one."""


@dataclass(frozen=True, slots=True)
class UserIdNotFree:
    """Who reads the address has shown it, and may be told: an account has it, or had it."""


@dataclass(frozen=True, slots=True)
class NewUserIdFault:
    """The address cannot be a User ID here."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class TooManyChanges:
    """No more of them today."""


@dataclass(frozen=True, slots=True)
class NothingBegun:
    """This session has no change that could be finished."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What this session has begun."""

    new: str
    expires_at: int
    again_at: int


SendUserIdOutcome = (
    UserIdCodeSent
    | SendRefused
    | NewUserIdFault
    | PresentWrong
    | TooManyChanges
    | Locked
    | RecoveryNeeded
    | Busy
    | FreshSignInNeeded
)
ConfirmUserIdOutcome = (
    UserIdChanged
    | UserIdNotFree
    | CodeWrong
    | CodeMalformed
    | CodeSpent
    | Locked
    | RecoveryNeeded
    | NothingBegun
    | FreshSignInNeeded
)


@dataclass(frozen=True)
class OwnUserId:
    """Sends the code to the new address, and takes it."""

    database: Database
    accounts: Accounts
    changes: UserIdChanges
    finish: FinishUserIdChange
    guards: Guards
    devices: KnownDevices
    passcodes: Passcodes
    attempts: Attempts
    present_password: PresentPassword
    rule: FactorChanges
    notices: Notices
    outbox: Outbox
    trail: Trail
    settings: Settings

    def look(self, session: Session) -> Begun | NothingBegun | FreshSignInNeeded:
        """Return what this session has begun; changes nothing."""
        with self.database.transaction() as connection:
            if (needed := self.rule.needed(connection, session)) is not None:
                return needed
            change = self.changes.of_session(connection, session.account.id, session.sid)
            sent = self.passcodes.newest(connection, _place(change), change.account_id) if change else None
        return NothingBegun() if change is None or sent is None else Begun(change.new, sent.expires_at, sent.again_at)

    def send(
        self, session: Session, typed: str, present: str, *, device_cookie: str | None, visitor: Visitor
    ) -> SendUserIdOutcome:
        """Mail a code to the address that was typed, with the present password beside it.

        "" for the address that this session has begun with: the password was right then.
        """
        if typed:
            if isinstance(fault := wanted_user_id(typed, session.account, self.settings.employee_domains), Fault):
                return NewUserIdFault(fault)
            with self.database.transaction() as connection:
                if (needed := self.rule.needed(connection, session)) is not None:
                    return needed
            refused = self.present_password.refused(session, present, device_cookie=device_cookie, visitor=visitor)
            if refused is not None:
                return refused
        with self.database.transaction() as connection:
            if (needed := self.rule.needed(connection, session)) is not None:
                return needed
            account = self.accounts.by_id(session.account.id, connection) or session.account
            begun = self.changes.of_session(connection, account.id, session.sid)
            wanted = wanted_user_id(typed or (begun.new if begun else ""), account, self.settings.employee_domains)
            if isinstance(wanted, Fault):
                return NewUserIdFault(wanted)
            if (until := self.guards.locked_until(connection, account.user_id)) is not None:
                return Locked(until)
            if self.changes.started(connection, account.id) >= self.settings.user_id.changes_per_day:
                return TooManyChanges()
            return self._send(connection, session, account, wanted, visitor)

    def _send(
        self, connection: Connection, session: Session, account: Account, wanted: str, visitor: Visitor
    ) -> UserIdCodeSent | SendRefused:
        change_id = new_change_id()
        made = self.passcodes.make(connection, f"user-id:{change_id}", account.id, CHANNEL)
        if not isinstance(made, NewCode):
            return SendRefused(made.again_at)
        was_mailed = self.changes.mailed(connection, wanted)
        # The same is done for an address that is somebody's: its code exists, and nobody is sent it.
        mail: UserIdCodeMail | UserIdTakenMail = UserIdCodeMail(
            given_name="", code=made.code, expires_minutes=self.settings.passcode.lifetime_seconds // 60
        )
        if is_free(connection, self.accounts, account, wanted):
            mail = UserIdTakenMail(given_name="", sign_in_url=f"{self.settings.issuer}/sign-in")
        self.changes.start(
            connection,
            account,
            wanted,
            "person",
            seconds=self.settings.passcode.lifetime_seconds,
            change_id=change_id,
            sid=session.sid,
        )
        if was_mailed < self.settings.user_id.changes_per_day:
            locale = account.locale or visitor.language
            self.outbox.enqueue(connection, mail, wanted, expires_at=made.expires_at, locale=locale)
        self.notices.tell(
            connection,
            account,
            Notice.EMAIL_ASKED,
            # Whatever address the account has by the time when it is told.
            also_mail=account.user_id,
            detail={"by": "person"},
            language=visitor.language or None,
        )
        self.trail.record(
            connection,
            Event.USER_ID_CHANGE_STARTED,
            visitor,
            actor=account.sub,
            subject=account.sub,
            sid=session.sid,
            started_by="person",
        )
        return UserIdCodeSent()

    def confirm(
        self, session: Session, code: str, *, device_cookie: str | None, visitor: Visitor
    ) -> ConfirmUserIdOutcome:
        """Reserve an attempt, check the newest code of this session, and give the account its new User ID."""
        begun = self._begun(session)
        if not isinstance(begun, Change):
            return begun
        if not self.passcodes.is_shaped(code):
            return CodeMalformed()
        account = session.account
        reserved = self.attempts.begin(account.user_id, account, device_cookie, visitor)
        if not isinstance(reserved, Reserved):
            return reserved
        with self.database.transaction() as connection:
            attempt = self.passcodes.reserve(connection, _place(begun), account.id)
            if attempt is None:
                # There was nothing to guess at.
                self.guards.release(connection, reserved)
                return CodeSpent()
        if not self.passcodes.is_right(attempt, _place(begun), account.id, code):
            locked = self.attempts.failed(reserved, account, Event.USER_ID_REJECTED, visitor, reason="wrong_code")
            return locked or CodeWrong(min(reserved.tries_left, attempt.tries_left))
        self.attempts.release(reserved)
        return self._take(session, begun, attempt, device_cookie, visitor)

    def _take(
        self, session: Session, begun: Change, attempt: Try, device_cookie: str | None, visitor: Visitor
    ) -> ConfirmUserIdOutcome:
        known = self.devices.read(device_cookie, session.account.user_id, session.account.id)
        with self.database.transaction() as connection:
            if (needed := self.rule.needed(connection, session)) is not None:
                return needed
            account = self.accounts.by_id(session.account.id, connection)
            change = self.changes.of_session(connection, session.account.id, session.sid)
            if account is None or change is None or change.change_id != begun.change_id:
                return NothingBegun()
            if not self.passcodes.consume(connection, attempt):
                return CodeSpent()
            after = self.finish.within(connection, account, change, visitor)
        if after is None:
            return UserIdNotFree()
        cookie = self.devices.issue(after.user_id, known)[0] if known else None
        return UserIdChanged(after.user_id, Cookies(device=cookie))

    def _begun(self, session: Session) -> Change | NothingBegun | FreshSignInNeeded:
        with self.database.transaction() as connection:
            if (needed := self.rule.needed(connection, session)) is not None:
                return needed
            return self.changes.of_session(connection, session.account.id, session.sid) or NothingBegun()


def _place(change: Change) -> str:
    """Return what stands for an interaction: a code belongs to the one change that it was made for."""
    return f"user-id:{change.change_id}"
