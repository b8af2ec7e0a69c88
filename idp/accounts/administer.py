"""What the help desk and operators may do to an account: see, unlock, enable, have a password changed or a temporary one sent.

Shutting an account also ends its sessions, so that stands with sign-in (`idp/signin/disable_account.py`). Nobody here
chooses or sees a password (SECURITY P10).
"""

from dataclasses import dataclass

from idp.accounts.accounts import Accounts
from idp.accounts.guard import Apart
from idp.accounts.lockout import Guards
from idp.accounts.model import Account
from idp.accounts.reactivate import Reactivate
from idp.accounts.send_temporary_password import SendTemporaryPassword
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody can sign in at this moment."""

    locked_until: int | None
    needs_recovery: bool
    """Too many failures: only a new password by way of a temporary one opens the account (SP 800-63B 3.2.2)."""
    shut_apart: tuple[Apart, ...]
    """What is locked or exhausted apart from sign-in; only an unlock opens what is exhausted."""


@dataclass(frozen=True)
class AdministerAccount:
    """Each act is one transaction with its event; each tells whether it changed anything."""

    database: Database
    accounts: Accounts
    guards: Guards
    send: SendTemporaryPassword
    reactivate: Reactivate
    trail: Trail

    def standing(self, account: Account) -> Standing:
        """Return whether sign-in is locked for this account."""
        with self.database.reading() as connection:
            return Standing(
                self.guards.locked_until(connection, account.user_id),
                self.guards.is_exhausted(connection, account.user_id),
                self.guards.shut_apart(connection, account.user_id),
            )

    def unlock(self, account: Account, visitor: Visitor) -> bool:
        """Open the lock of fact S11 before its time; False when there was none."""
        with self.database.transaction() as connection:
            opened = self.guards.unlock(connection, account.user_id)
            if opened:
                self.trail.record(connection, Event.ACCOUNT_UNLOCKED, visitor, subject=account.sub)
        return opened

    def enable(self, account: Account, visitor: Visitor) -> bool:
        """Open a disabled account again, whoever has disabled it; False when it was open."""
        return self.reactivate(account, visitor)

    def demand_new_password(self, account: Account, visitor: Visitor) -> bool:
        """Have the password changed at the next sign-in, and in every session that is open (SECURITY P6).

        False when that was demanded already, and for who has no password here.
        """
        with self.database.transaction() as connection:
            demanded = self.accounts.passwords.demand_new(connection, account.id)
            if demanded:
                self.trail.record(connection, Event.PASSWORD_CHANGE_DEMANDED, visitor, subject=account.sub)
        return demanded

    def send_temporary_password(self, account: Account, visitor: Visitor) -> bool:
        """Mail a temporary password to the address on file; False for employees, who have no password here (S2).

        The present password keeps working until the person sets a new one.
        """
        if account.is_employee:
            return False
        with self.database.transaction() as connection:
            self.send(connection, account, visitor)
        return True
