"""An account is shut: nobody signs in with it, and what it has open ends at once (SECURITY S4)."""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account, ShutBy
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators.passcodes import Passcodes
from idp.signin.end_sessions import EndSessions
from idp.store.database import Database


@dataclass(frozen=True)
class DisableAccount:
    """What an operator does about somebody who left."""

    database: Database
    accounts: Accounts
    passcodes: Passcodes
    end_sessions: EndSessions
    trail: Trail

    def __call__(self, account: Account, visitor: Visitor) -> bool:
        """Shut the account, end its sessions and grants, tell the clients; False when it was shut already."""
        with self.database.transaction() as connection:
            return self.within(connection, account, visitor, "operator")

    def within(self, connection: Connection, account: Account, visitor: Visitor, by: ShutBy) -> bool:
        """Do so in the caller's transaction, for `by`."""
        if not self.accounts.disable(connection, account.id, by=by):
            return False
        self.passcodes.void(connection, account.id)
        self.end_sessions.all(connection, account, visitor, reason="account_disabled")
        self.trail.record(connection, Event.ACCOUNT_DISABLED, visitor, subject=account.sub, by=by)
        return True
