"""A module or an operator names the new User ID of somebody: the new address is asked, and the old one is told, at once.

Neither of them can move an account to an address: only who reads the new one can, and the old one can stop it.
"""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account
from idp.accounts.notices import Change as Notice
from idp.accounts.notices import Notices
from idp.accounts.user_ids import Change, Fault, FormerUserIds, UserIdChanges, wanted_user_id
from idp.accounts.user_ids.former import kept_for
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.notify.outbox import Outbox
from idp.notify.user_id_messages import ConfirmUserIdMail
from idp.settings import Settings
from idp.signin.finish_user_id_change import FinishUserIdChange
from idp.store.database import Database

CONFIRM_PATH = "/user-id"


@dataclass(frozen=True, slots=True)
class ChangeStarted:
    """Both addresses are mailed."""

    confirm_until: int


@dataclass(frozen=True, slots=True)
class ChangedAtOnce:
    """An operator has made sure: it is the User ID now."""

    account: Account


@dataclass(frozen=True, slots=True)
class NewUserIdRefused:
    """The address cannot be this account's User ID."""

    why: Fault | Literal["taken", "kept", "declined", "too_many"]


StartOutcome = ChangeStarted | ChangedAtOnce | NewUserIdRefused


def is_free(connection: Connection, accounts: Accounts, account: Account, new: str) -> Literal["taken", "kept", ""]:
    """Return why another account has, or had, this address; "" when `account` may have it."""
    there = accounts.by_user_id(new, connection)
    owner = kept_for(connection, accounts.rows.index(connection, new))
    if there is not None:
        return "taken"
    return "kept" if owner is not None and owner != account.id else ""


@dataclass(frozen=True)
class StartUserIdChange:
    """Starts changes, and stops them."""

    database: Database
    accounts: Accounts
    changes: UserIdChanges
    former: FormerUserIds
    finish: FinishUserIdChange
    notices: Notices
    outbox: Outbox
    trail: Trail
    settings: Settings

    def for_operator(self, account: Account, new: str, visitor: Visitor, *, verified: bool = False) -> StartOutcome:
        """Start a change; with `verified` the operator has made sure of the person and the address, and it takes effect."""
        with self.database.transaction() as connection:
            self.accounts.hold(connection, account.id)
            present = self.accounts.by_id(account.id, connection) or account
            started = self.within(connection, present, new, "operator", visitor, ask=not verified)
            change = self.changes.of_account(connection, account.id) if verified else None
            if isinstance(started, NewUserIdRefused) or change is None:
                return started
            after = self.finish.within(connection, present, change, visitor)
            return ChangedAtOnce(after) if after is not None else NewUserIdRefused("taken")

    def within(
        self,
        connection: Connection,
        account: Account,
        new: str,
        started_by: Literal["module", "operator"],
        visitor: Visitor,
        *,
        ask: bool = True,
    ) -> ChangeStarted | NewUserIdRefused:
        """Start a change in the caller's transaction, which holds the account; `ask` the new address to confirm it."""
        limits = self.settings.user_id
        wanted = wanted_user_id(new, account, self.settings.employee_domains)
        if isinstance(wanted, Fault):
            return NewUserIdRefused(wanted)
        if why := is_free(connection, self.accounts, account, wanted):
            return NewUserIdRefused(why)
        if started_by == "module" and self.changes.was_declined(connection, account.id, wanted):
            # A program that says all it knows every night would mail a stranger every night.
            return NewUserIdRefused("declined")
        most = limits.changes_per_day
        if ask and max(self.changes.started(connection, account.id), self.changes.mailed(connection, wanted)) >= most:
            return NewUserIdRefused("too_many")
        _, token = self.changes.start(connection, account, wanted, started_by, seconds=limits.confirm_seconds)
        until = self.changes.clock.now() + limits.confirm_seconds
        if ask:
            locale = account.locale
            query = urlencode({"token": token} | ({"ui_locales": locale} if locale else {}))
            mail = ConfirmUserIdMail(
                given_name="", confirm_url=f"{self.settings.issuer}{CONFIRM_PATH}?{query}", confirm_until=until
            )
            self.outbox.enqueue(connection, mail, wanted, expires_at=until, locale=locale)
            self.notices.tell(
                connection, account, Notice.EMAIL_ASKED, also_mail=account.user_id, detail={"by": started_by}
            )
        self.trail.record(connection, Event.USER_ID_CHANGE_STARTED, visitor, subject=account.sub, started_by=started_by)
        return ChangeStarted(until)

    def waiting(self, account: Account) -> Change | None:
        """Return the change that the account has before it."""
        with self.database.reading() as connection:
            return self.changes.of_account(connection, account.id)

    def stop(self, account: Account, visitor: Visitor) -> bool:
        """End the change that the account has before it: the User ID stays; False when there was none."""
        with self.database.transaction() as connection:
            self.accounts.hold(connection, account.id)
            change = self.changes.of_account(connection, account.id)
            return change is not None and self.finish.stop(connection, account, change, visitor, "stopped")

    def release(self, user_id: str, visitor: Visitor) -> bool:
        """Let anybody have an address that an account gave up; False when none did."""
        with self.database.transaction() as connection:
            index = self.accounts.rows.index(connection, user_id)
            owner = kept_for(connection, index)
            released = self.former.release(connection, index)
            if released and owner is not None:
                # Whose it was: the trail holds no address.
                account = self.accounts.by_id(owner, connection)
                sub = "" if account is None else account.sub
                self.trail.record(connection, Event.USER_ID_RELEASED, visitor, subject=sub)
        return released
