"""A User ID becomes another one: the account, its `sub`, sessions, grants and modules stay what they are.

What was mailed to the old address opens nothing any more; the old address is told, and kept from everybody else.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts, UserIdTaken
from idp.accounts.lockout import Guards
from idp.accounts.model import Account
from idp.accounts.notices import Change as Notice
from idp.accounts.notices import Notices
from idp.accounts.temporary_password import TemporaryPasswords
from idp.accounts.user_ids import Change, FormerUserIds, Outcome, UserIdChanges
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators.passcodes import Passcodes
from idp.store.database import Database

SWEEP = Visitor(actor="sweep")


@dataclass(frozen=True)
class FinishUserIdChange:
    """Finishes changes, in the caller's transaction or when they are due."""

    database: Database
    accounts: Accounts
    changes: UserIdChanges
    former: FormerUserIds
    guards: Guards
    temporary_passwords: TemporaryPasswords
    passcodes: Passcodes
    notices: Notices
    trail: Trail

    def within(self, connection: Connection, account: Account, change: Change, visitor: Visitor) -> Account | None:
        """Finish for an account that the caller holds; return it as it is now, None when nothing came of it."""
        try:
            after = self.accounts.change_person(connection, account.id, user_id=change.new)
        except UserIdTaken:
            self.stop(connection, account, change, visitor, "taken")
            return None
        if not self.changes.end(connection, change, "done"):
            raise RuntimeError("a change of an account that was held has been ended by somebody else")
        self.former.keep(connection, self.accounts.rows.index(connection, account.user_id), account.id)
        self.former.release(connection, self.accounts.rows.index(connection, after.user_id))
        self.temporary_passwords.supersede(connection, account.id)
        self.passcodes.void(connection, account.id)
        self.guards.move(connection, account.user_id, after.user_id)
        self.notices.tell(connection, after, Notice.EMAIL, also_mail=account.user_id, language=visitor.language or None)
        self.trail.record(connection, Event.USER_ID_CHANGED, visitor, subject=account.sub, started_by=change.started_by)
        return after

    def stop(
        self, connection: Connection, account: Account, change: Change, visitor: Visitor, outcome: Outcome
    ) -> bool:
        """End a change without any effect; of many callers one is told True."""
        stopped = self.changes.end(connection, change, outcome)
        if stopped:
            self.trail.record(connection, Event.USER_ID_CHANGE_STOPPED, visitor, subject=account.sub, reason=outcome)
        return stopped

    def sweep(self) -> int:
        """Finish those whose time has come, and delete what was over long ago; return how many."""
        with self.database.reading() as connection:
            due = self.changes.due(connection)
        return sum(self._finish(*one) for one in due) + self.changes.sweep()

    def _finish(self, change_id: str, account_id: int) -> bool:
        with self.database.transaction() as connection:
            self.accounts.hold(connection, account_id)
            account, change = (
                self.accounts.by_id(account_id, connection),
                self.changes.of_account(connection, account_id),
            )
            # Asked again: it may have been stopped, or finished, at this moment.
            if account is None or change is None or change.change_id != change_id:
                return False
            if account.disabled_at is not None:
                self.stop(connection, account, change, SWEEP, "shut")
                return False
            return self.within(connection, account, change, SWEEP) is not None
