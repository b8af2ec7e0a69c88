"""Somebody is given an account of their own in a module, and what follows by mail and by an operator's hand (fact S13)."""

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.modules.account_states import ModuleAccount, State, guard_name, state_of
from idp.modules.administer import Holder
from idp.modules.module_accounts import ExternalIdTaken, ModuleAccounts
from idp.modules.modules import Module, Modules
from idp.modules.own_accounts import OwnAccounts
from idp.modules.send_set_up_mails import Person, SendSetUpMails
from idp.settings import Settings
from idp.store.database import Database

_MOST_TRIES_AT_AN_ID = 20


@dataclass(frozen=True, slots=True)
class Approved:
    """The person has a further account in the module, or is to have one."""

    external_id: str | None
    """None: the module has still to give it; both mails leave then."""


@dataclass(frozen=True, slots=True)
class NoOwnAccounts:
    """The module keeps no accounts of its own, or does not exist: nothing was done."""


@dataclass(frozen=True, slots=True)
class IdMalformed:
    """What was given has not the form of the module's ids: nothing was done."""


@dataclass(frozen=True, slots=True)
class IdTaken:
    """Somebody has, or once had, this id in the module: nothing was done."""


ApproveOutcome = Approved | NoOwnAccounts | IdMalformed | IdTaken


@dataclass(frozen=True, slots=True)
class MailsSent:
    """Both mails are on their way again; earlier passwords no longer work."""


@dataclass(frozen=True, slots=True)
class MailsTooSoon:
    """Nothing was sent: too soon after the last ones, or too many in an hour."""

    again_at: int


@dataclass(frozen=True, slots=True)
class NothingToSend:
    """No account of the person waits for its first use."""


ResendOutcome = MailsSent | MailsTooSoon | NothingToSend


class Locks(Protocol):
    """What counts wrong tries and locks: the guards of sign-in are one (`idp/accounts/lockout.py`)."""

    def locked_until(self, connection: Connection, user_id: str) -> int | None:
        """Return when the lock under this name opens by itself, or None."""
        ...

    def is_exhausted(self, connection: Connection, user_id: str) -> bool:
        """Whether so much went wrong under this name that no lock opens by itself any more."""
        ...

    def clear(self, connection: Connection, user_id: str) -> None:
        """Forget all that went wrong under this name."""
        ...


@dataclass(frozen=True)
class AdministerModuleAccounts:
    """Each act records its event in the transaction that does it, and tells what came of it."""

    database: Database
    clock: Clock
    modules: Modules
    send: SendSetUpMails
    locks: Locks
    trail: Trail
    settings: Settings

    @property
    def accounts(self) -> ModuleAccounts:
        """The store behind it."""
        return self.modules.accounts

    def approve(
        self, connection: Connection, person: Person, module: str, external_id: str | None, visitor: Visitor
    ) -> ApproveOutcome:
        """Give the person an account in the module, in the caller's transaction, and queue both mails (third and fourth).

        Without an id one is made where the module has them made; else the account waits for its id, and the next approval
        with one gives it. Whoever calls this twice with an id gives two accounts: a person may hold several.
        """
        known = self.modules.get_within(connection, module)
        if known is None or known.own_accounts is None:
            return NoOwnAccounts()
        if external_id is not None:
            external_id = known.own_accounts.canonical(external_id)
            if external_id is None:
                return IdMalformed()
        try:
            with connection.begin_nested():
                return self._approve(connection, person, known, known.own_accounts, external_id, visitor)
        except ExternalIdTaken:
            return IdTaken()

    def canonical(self, module: str, external_id: str) -> str | None:
        """Return an id as it is kept; None when it has not the module's form. Without own accounts any id has."""
        known = self.modules.get(module)
        if known is None or known.own_accounts is None:
            return external_id
        return known.own_accounts.canonical(external_id)

    def use_at_once(self, connection: Connection, holder: Holder, module: str, visitor: Visitor) -> bool:
        """Give an account whose id is made here and in use at once, without mails or set-up: for test accounts.

        False when the module has no accounts of its own or gives the ids itself.
        """
        known = self.modules.get_within(connection, module)
        own = known.own_accounts if known is not None else None
        if own is None or own.ids != "made":
            return False
        for _ in range(_MOST_TRIES_AT_AN_ID):
            try:
                self.accounts.note(connection, holder.id, module, own.make_id())
            except ExternalIdTaken:
                continue
            self._record(connection, Event.MODULE_ACCOUNT_LINKED, holder, module, visitor)
            return True
        raise RuntimeError(f"no free id could be made for {module}: its id_format allows too few")

    def resend(self, person: Person, module: str, visitor: Visitor, *, capped: bool) -> ResendOutcome:
        """Mail id and a new password again, for each account whose set-up is not finished.

        `capped`: the person asks, and not more often than codes and resets may be asked for.
        """
        known = self.modules.get(module)
        if known is None or known.own_accounts is None:
            return NothingToSend()
        with self.database.transaction() as connection:
            waiting = self.accounts.waiting(connection, person.id, module)
            if not waiting:
                return NothingToSend()
            if capped and (again_at := self._again_at(connection, waiting)) is not None:
                return MailsTooSoon(again_at)
            for account in waiting:
                self.send(connection, person, known, account.id, visitor)
        return MailsSent()

    def state(self, account: ModuleAccount, holder: Holder) -> State:
        """Return the state of one account now."""
        return state_of(account, self.clock.now(), self.locked_until(holder, account.module))

    def locked_until(self, holder: Holder, module: str) -> int | None:
        """Return until when the person's set-up in the module is locked; None when it is open."""
        with self.database.reading() as connection:
            return self.locks.locked_until(connection, guard_name(module, holder.sub))

    def unlock(self, holder: Holder, module: str, visitor: Visitor) -> bool:
        """Open the lock on a set-up before its time, whatever it was set by; False when there was none."""
        name = guard_name(module, holder.sub)
        with self.database.transaction() as connection:
            is_locked = self.locks.locked_until(connection, name) is not None
            if not is_locked and not self.locks.is_exhausted(connection, name):
                return False
            self.locks.clear(connection, name)
            self._record(connection, Event.MODULE_ACCOUNT_UNLOCKED, holder, module, visitor)
        return True

    def withdraw(self, holder: Holder, module: str, visitor: Visitor, external_id: str | None = None) -> int:
        """Withdraw one account, or all of the person in the module; return how many. Their ids are told to no client any more.

        The access to the module itself is another thing (`idp users revoke`).
        """
        with self.database.transaction() as connection:
            gone = self.accounts.withdraw(connection, holder.id, module, external_id)
            for row in gone:
                self._record(connection, Event.MODULE_ACCOUNT_WITHDRAWN, holder, module, visitor, module_account=row)
        return len(gone)

    def _approve(
        self,
        connection: Connection,
        person: Person,
        module: Module,
        own: OwnAccounts,
        external_id: str | None,
        visitor: Visitor,
    ) -> Approved:
        if self.accounts.approve(connection, person.id, module.name):
            self._record(connection, Event.MODULE_ACCOUNT_APPROVED, person, module.name, visitor)
        if external_id is None and own.ids == "given":
            return Approved(None)
        row, given = self._give_id(connection, person, module.name, own, external_id)
        self.send(connection, person, module, row, visitor)
        return Approved(given)

    def _give_id(
        self, connection: Connection, person: Person, module: str, own: OwnAccounts, external_id: str | None
    ) -> tuple[int, str]:
        for _ in range(_MOST_TRIES_AT_AN_ID):
            given = external_id or own.make_id()
            try:
                row = self.accounts.give_id(connection, person.id, module, given)
            except ExternalIdTaken:
                if external_id is not None:
                    raise
                continue
            if row is not None:
                return row, given
            # Another approval took the account that waited, for its own id: then this is one more.
            self.accounts.approve(connection, person.id, module)
        raise RuntimeError(f"no free id could be given in {module}: its id_format allows too few")

    def _again_at(self, connection: Connection, waiting: list[ModuleAccount]) -> int | None:
        now = self.clock.now()
        issued = self.send.passwords.times_issued(connection, [account.id for account in waiting], now - 3_600)
        most = self.settings.reset.mails_per_hour
        waits = []
        if issued:
            waits.append(issued[-1] + self.settings.passcode.resend_seconds)
        if len(issued) >= most:
            waits.append(issued[-most] + 3_600)
        return max((wait for wait in waits if wait > now), default=None)

    def _record(
        self, connection: Connection, event: Event, holder: Holder, module: str, visitor: Visitor, **details: Any
    ) -> None:
        self.trail.record(connection, event, visitor, subject=holder.sub, module=module, **details)
