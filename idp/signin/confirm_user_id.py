"""Whoever reads a new User ID that a module or an operator named says that it is theirs, or that it is not. GET changes nothing.

With a sign-in of the account, recent and as strong as for changing factors, it takes effect at once. Without one it waits, and
the old address can stop it meanwhile: a mailbox alone must not be enough, for a module may have mistyped it.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account
from idp.accounts.notices import Change as Notice
from idp.accounts.notices import Notices
from idp.accounts.user_ids import Change, UserIdChanges
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.settings import Settings
from idp.signin.factor_changes import FactorChanges
from idp.signin.finish_user_id_change import FinishUserIdChange
from idp.signin.sessions import Session
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class Asked:
    """The new address has said nothing yet."""

    change: Change
    is_owner: bool
    """Whether the account's owner sits here, signed in recently and well enough: then it takes effect at once."""


@dataclass(frozen=True, slots=True)
class Waits:
    """It takes effect by itself at that time, or before when its owner signs in here."""

    effective_at: int
    is_owner: bool


@dataclass(frozen=True, slots=True)
class Finished:
    """It is the User ID now."""

    user_id: str


@dataclass(frozen=True, slots=True)
class Declined:
    """Whoever reads the new address said that it is not theirs."""


@dataclass(frozen=True, slots=True)
class Over:
    """There is no such change any more, or never was."""


@dataclass(frozen=True)
class ConfirmUserId:
    """What the token in the mail to the new address is for, and nothing else."""

    database: Database
    clock: Clock
    accounts: Accounts
    changes: UserIdChanges
    finish: FinishUserIdChange
    rule: FactorChanges
    notices: Notices
    trail: Trail
    settings: Settings

    def look(self, token: str, session: Session | None) -> Asked | Waits | Over:
        """Return how the change stands; changes nothing."""
        with self.database.transaction() as connection:
            change = self.changes.by_token(connection, token)
            if change is None:
                return Over()
            is_owner = self._is_owner(connection, change, session)
        if change.effective_at is not None:
            return Waits(change.effective_at, is_owner)
        return Asked(change, is_owner)

    def confirm(self, token: str, session: Session | None, visitor: Visitor) -> Finished | Waits | Over:
        """Finish the change for its owner, else let it wait."""
        with self.database.transaction() as connection:
            found = self._held(connection, token)
            if found is None:
                return Over()
            account, change = found
            if account.disabled_at is not None:
                self.finish.stop(connection, account, change, visitor, "shut")
                return Over()
            if self._is_owner(connection, change, session):
                after = self.finish.within(connection, account, change, visitor)
                return Over() if after is None else Finished(after.user_id)
            if change.effective_at is not None:
                return Waits(change.effective_at, is_owner=False)
            effective_at = self.clock.now() + self.settings.user_id.cool_off_seconds
            if not self.changes.let_wait(connection, change, effective_at):
                return Over()
            self.notices.tell(
                connection, account, Notice.EMAIL_WAITS, also_mail=account.user_id, detail={"until": str(effective_at)}
            )
            self.trail.record(connection, Event.USER_ID_CHANGE_CONFIRMED, visitor, subject=account.sub)
        return Waits(effective_at, is_owner=False)

    def decline(self, token: str, visitor: Visitor) -> Declined | Over:
        """End the change: the User ID stays what it is."""
        with self.database.transaction() as connection:
            found = self._held(connection, token)
            if found is None:
                return Over()
            stopped = self.finish.stop(connection, *found, visitor, "declined")
        return Declined() if stopped else Over()

    def _held(self, connection: Connection, token: str) -> tuple[Account, Change] | None:
        """Hold the account and return both as they are then."""
        change = self.changes.by_token(connection, token)
        if change is None:
            return None
        self.accounts.hold(connection, change.account_id)
        account, change = self.accounts.by_id(change.account_id, connection), self.changes.by_token(connection, token)
        return None if account is None or change is None else (account, change)

    def _is_owner(self, connection: Connection, change: Change, session: Session | None) -> bool:
        if session is None or session.account.id != change.account_id:
            return False
        return self.rule.needed(connection, session) is None
