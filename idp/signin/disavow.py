"""Somebody who got a notice says "this was not me" (SECURITY R5): the account is closed to whoever is in it, at once.

The address in the mail shows the mailbox, as a reset does, and so it may do what it does without a sign-in: it only closes.
What it closes, the owner opens again by a reset. See docs/decisions/0022-not-me.md.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.known_device import KnownDevices
from idp.accounts.model import Account
from idp.accounts.notices import Change, Notices, NotMeLinks, Unusable
from idp.accounts.temporary_password import TemporaryPasswords
from idp.accounts.user_ids import UserIdChanges
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators.added_since import AddedSince, TakenAway
from idp.authenticators.passcodes import Passcodes
from idp.signin.end_sessions import EndSessions
from idp.store.database import Database

MARGIN_SECONDS = 5
"""An authenticator is stored a moment before its notice, and the clock may tick in between."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Done. What the page says next depends on the rest."""

    taken_away: TakenAway
    is_employee: bool
    """Whether the password is the directory's: it still works, and only DMAS can change that."""
    is_shut: bool
    """Whether the e-mail address was changed meanwhile: the account is shut, for a reset would go to the new address."""
    is_kept: bool = False
    """Whether the User ID was about to change, and stays."""


@dataclass(frozen=True)
class Disavow:
    """Ends sessions and grants, forgets browsers and the password, takes new authenticators away."""

    database: Database
    accounts: Accounts
    links: NotMeLinks
    notices: Notices
    devices: KnownDevices
    temporary_passwords: TemporaryPasswords
    passcodes: Passcodes
    added_since: AddedSince
    user_id_changes: UserIdChanges
    end_sessions: EndSessions
    trail: Trail

    def look(self, token: str) -> Unusable | None:
        """Return why the address does nothing any more; None when its button works. Changes nothing."""
        with self.database.reading() as connection:
            return self.links.look(connection, token)

    def __call__(self, token: str, visitor: Visitor) -> Closed | Unusable:
        """Use the address up and close the account, in one transaction; of many callers at once one does it."""
        with self.database.transaction() as connection:
            spent = self.links.spend(connection, token)
            if isinstance(spent, Unusable):
                return spent
            self.accounts.hold(connection, spent.account_id)
            account = self.accounts.by_id(spent.account_id, connection)
            if account is None:
                return Unusable("gone")
            return self._close(connection, account, spent.since - MARGIN_SECONDS, visitor)

    def _close(self, connection: Connection, account: Account, since: int, visitor: Visitor) -> Closed:
        self.end_sessions.all(connection, account, visitor, reason="not_me")
        self.devices.forget(connection, account.id)
        if not account.is_employee:
            self.accounts.passwords.forget(connection, account.id)
        self.temporary_passwords.supersede(connection, account.id)
        self.passcodes.void(connection, account.id)
        stopped = self.user_id_changes.end_all(connection, account.id, "stopped")
        taken = self.added_since.take_away(connection, account.id, since)
        must_shut = self.notices.was_told_of(connection, account.id, Change.EMAIL, since)
        if must_shut and self.accounts.disable(connection, account.id):
            self.trail.record(connection, Event.ACCOUNT_DISABLED, visitor, subject=account.sub, reason="not_me")
        self.trail.record(
            connection,
            Event.DISAVOWED,
            visitor,
            subject=account.sub,
            since=since,
            app=taken.app,
            passkeys=taken.passkeys,
            recovery_codes=taken.recovery_codes,
            user_id_change=stopped,
        )
        way_back = "help_desk" if must_shut else "dmas" if account.is_employee else "reset"
        self.notices.tell(connection, account, Change.NOT_ME, detail={"way_back": way_back}, language=visitor.language)
        return Closed(taken, account.is_employee, must_shut, stopped)
