"""What every attempt at signing in shares: it is reserved first, and a failed one is put on record (fact S11)."""

from dataclasses import dataclass

from idp.accounts.guard import Apart, Exhausted, LockedOut, Reserved
from idp.accounts.known_device import KnownDevices
from idp.accounts.lockout import Guards
from idp.accounts.model import Account
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators.passcodes import Passcodes
from idp.notify.messages import LockSet
from idp.notify.outbox import Outbox
from idp.signin.outcomes import Locked, RecoveryNeeded
from idp.store.database import Database

NOBODY = 0
"""No account has this row number."""


@dataclass(frozen=True)
class Attempts:
    """Begins attempts and records failed ones. A right one is released or cleared where it goes on."""

    database: Database
    guards: Guards
    devices: KnownDevices
    passcodes: Passcodes
    outbox: Outbox
    trail: Trail

    def begin(
        self,
        user_id: str,
        account: Account | None,
        device_cookie: str | None,
        visitor: Visitor,
        *,
        apart: Apart = "",
    ) -> Reserved | Locked | RecoveryNeeded:
        """Reserve one attempt, committed before anything is verified; it may count `apart` as well."""
        device = self.devices.read(device_cookie, user_id, account.id if account else None)
        match self.guards.reserve(user_id, device, has_account=account is not None, apart=apart):
            case LockedOut(until, only):
                self._record(
                    Event.SIGN_IN_REFUSED_LOCKED, account, visitor, reason="app_locked" if only == "app" else "locked"
                )
                return Locked(until, only_app=only == "app")
            case Exhausted(only):
                self._record(Event.SIGN_IN_REFUSED_LOCKED, account, visitor, reason="recovery_needed")
                return RecoveryNeeded(only_app=only == "app")
            case reserved:
                if reserved.past_lock:
                    self._record(Event.SIGN_IN_PAST_LOCK, account, visitor, reason="known_browser")
                return reserved

    def failed(
        self, reserved: Reserved, account: Account | None, event: Event, visitor: Visitor, *, reason: str
    ) -> Locked | None:
        """Put a failed attempt on record; return the lock when it was the last one.

        The owner is told at once; codes that were sent no longer work, unless only the authenticator app was locked.
        """
        until, only_app = reserved.locked_until, reserved.only == "app"
        if until is None:
            self._record(event, account, visitor, reason=reason)
            return None
        sub = account.sub if account is not None else ""
        with self.database.transaction() as connection:
            # The same statements for nobody's account; whether there is an owner to tell is seen by the worker.
            account_id = NOBODY if account is None else account.id
            if not only_app:
                self.passcodes.void(connection, account_id)
            lock = LockSet(account_id=account_id, locked_until=until, only_app=only_app)
            self.outbox.enqueue(connection, lock, "", locale=visitor.language)
            self.trail.record(connection, event, visitor, subject=sub, reason="app_locked" if only_app else reason)
            if not only_app:
                self.trail.record(connection, Event.ACCOUNT_LOCKED, visitor, subject=sub, known=account is not None)
        return Locked(until, only_app=only_app)

    def release(self, reserved: Reserved) -> None:
        """Give the attempt back: nothing was verified."""
        with self.database.reading() as connection:
            self.guards.release(connection, reserved)

    def readmit(self, account: Account, device_cookie: str | None, visitor: Visitor, *, since: int) -> bool:
        """Recovery has begun with a temporary password made at `since`: a locked or exhausted User ID may try codes again.

        False when it was locked after that: such a password opens one lock, not every one.
        """
        device = self.devices.read(device_cookie, account.user_id, account.id)
        with self.database.transaction() as connection:
            if not self.guards.readmit(connection, account.user_id, device, since=since):
                return False
            self.trail.record(
                connection, Event.SIGN_IN_PAST_LOCK, visitor, subject=account.sub, reason="temporary_password"
            )
        return True

    def _record(self, event: Event, account: Account | None, visitor: Visitor, *, reason: str) -> None:
        with self.database.reading() as connection:
            self.trail.record(connection, event, visitor, subject=account.sub if account else "", reason=reason)
