"""A person confirms the mobile number that a module has changed: a code goes to it, and whoever has it types the code in.

Until then, or until the cool-off is over, text messages are not offered (SECURITY O3). Which number it is, the module says: so
nobody can confirm another one here, and a code that was made for one sign-in, person or number is worth nothing for another.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.guard import Reserved
from idp.accounts.lockout import Guards
from idp.accounts.model import Account
from idp.accounts.phones import Phones
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators import text_code
from idp.authenticators.passcodes import NewCode, Passcodes, Try
from idp.clock import Clock
from idp.notify.outbox import Outbox
from idp.signin.attempts import Attempts
from idp.signin.factor_changes import FactorChanges, FreshSignInNeeded
from idp.signin.outcomes import (
    CodeMalformed,
    CodeSpent,
    CodeWrong,
    Locked,
    PasscodeSent,
    RecoveryNeeded,
    SendRefused,
)
from idp.signin.sessions import Session
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class PhoneConfirmed:
    """From now on codes may go to the number."""


@dataclass(frozen=True, slots=True)
class NothingToConfirm:
    """There is no number, or it has codes already."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A number that waits."""

    masked: str
    usable_from: int
    """When it gets codes without being confirmed."""
    sent: PasscodeSent | None
    """The newest code that this session had sent to it; None when there is none that could be typed in."""


SendPhoneCodeOutcome = PasscodeSent | SendRefused | Locked | NothingToConfirm | FreshSignInNeeded
ConfirmPhoneOutcome = (
    PhoneConfirmed
    | CodeWrong
    | CodeMalformed
    | CodeSpent
    | Locked
    | RecoveryNeeded
    | NothingToConfirm
    | FreshSignInNeeded
)


@dataclass(frozen=True)
class ConfirmPhone:
    """Sends a code to the number that waits, and takes it."""

    database: Database
    clock: Clock
    accounts: Accounts
    phones: Phones
    guards: Guards
    passcodes: Passcodes
    attempts: Attempts
    changes: FactorChanges
    outbox: Outbox
    trail: Trail

    def look(self, session: Session) -> Waiting | NothingToConfirm | FreshSignInNeeded:
        """Return what there is to confirm; changes nothing."""
        with self.database.transaction() as connection:
            account = self._waiting(connection, session)
            if not isinstance(account, Account):
                return account
            newest = self.passcodes.newest(connection, _place(session), account.id)
        masked = text_code.masked(account)
        is_live = newest is not None and newest.expires_at >= self.clock.now()
        sent = PasscodeSent(masked, newest.expires_at, newest.again_at) if newest is not None and is_live else None
        return Waiting(masked, account.phone_usable_from or 0, sent)

    def send(self, session: Session, visitor: Visitor) -> SendPhoneCodeOutcome:
        """Send a new code to the number; the one before no longer works."""
        with self.database.transaction() as connection:
            account = self._waiting(connection, session)
            if not isinstance(account, Account):
                return account
            until = self.guards.locked_until(connection, account.user_id)
            if until is not None:
                return Locked(until)
            made = self.passcodes.make(connection, _place(session), account.id, text_code.METHOD)
            if not isinstance(made, NewCode):
                return SendRefused(made.again_at)
            self.outbox.enqueue(
                connection,
                text_code.message(account, made.code, self.passcodes.settings.lifetime_seconds),
                account.phone or "",
                expires_at=made.expires_at,
                locale=account.locale or visitor.language,
            )
            self.trail.record(
                connection,
                Event.PASSCODE_SENT,
                visitor,
                actor=account.sub,
                sid=session.sid,
                method=text_code.METHOD,
                purpose="phone",
            )
        return PasscodeSent(text_code.masked(account), made.expires_at, made.again_at)

    def confirm(
        self, session: Session, code: str, *, device_cookie: str | None, visitor: Visitor
    ) -> ConfirmPhoneOutcome:
        """Reserve an attempt, check the newest code of this session, and let the number have codes."""
        with self.database.transaction() as connection:
            account = self._waiting(connection, session)
        if not isinstance(account, Account):
            return account
        if not self.passcodes.is_shaped(code):
            return CodeMalformed()
        begun = self.attempts.begin(account.user_id, account, device_cookie, visitor)
        if not isinstance(begun, Reserved):
            return begun
        with self.database.transaction() as connection:
            attempt = self.passcodes.reserve(connection, _place(session), account.id)
            if attempt is None:
                # There was nothing to guess at.
                self.guards.release(connection, begun)
                return CodeSpent()
        if not self.passcodes.is_right(attempt, _place(session), account.id, code):
            locked = self.attempts.failed(begun, account, Event.PHONE_REJECTED, visitor, reason="wrong_text_code")
            return locked or CodeWrong(min(begun.tries_left, attempt.tries_left))
        self.attempts.release(begun)
        return self._take(session, attempt, visitor)

    def _take(self, session: Session, attempt: Try, visitor: Visitor) -> ConfirmPhoneOutcome:
        with self.database.transaction() as connection:
            account = self._waiting(connection, session)
            if not isinstance(account, Account):
                return account
            # A number that changed meanwhile has ended the code.
            if not self.passcodes.consume(connection, attempt):
                return CodeSpent()
            if not self.phones.confirm(connection, account):
                return NothingToConfirm()
            self.trail.record(connection, Event.PHONE_CONFIRMED, visitor, actor=account.sub, sid=session.sid)
        return PhoneConfirmed()

    def _waiting(self, connection: Connection, session: Session) -> Account | NothingToConfirm | FreshSignInNeeded:
        """Hold the account and return it as it is now, when its number waits and this session may confirm it."""
        if (needed := self.changes.needed(connection, session)) is not None:
            return needed
        account = self.accounts.by_id(session.account.id, connection)
        waits = account is not None and account.phone is not None and not account.phone_is_usable(self.clock.now())
        return account if account is not None and waits else NothingToConfirm()


def _place(session: Session) -> str:
    """Return what stands for an interaction: a code belongs to the session that asked for it."""
    return f"phone:{session.sid}"
