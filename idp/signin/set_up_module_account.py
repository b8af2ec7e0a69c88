"""Somebody enters the id and the password that the module's two mails brought: the account is linked for good (fact S13).

Only in the person's own session, and only an account of this very person. Every try is reserved before anything is verified,
under one count for the person and the module: a wrong id and a wrong password are the same wrong try.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from idp.accounts.guard import LockedOut, Reserved
from idp.accounts.lockout import Guards
from idp.accounts.notices.notices import Change, Notices
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.modules.account_states import ModuleAccount, State, guard_name, state_of
from idp.modules.administer_accounts import AdministerModuleAccounts, ResendOutcome
from idp.modules.first_passwords import FirstPasswords, Match
from idp.modules.modules import Modules
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.module_entry import ModuleEntry
from idp.signin.outcomes import Advanced
from idp.signin.sessions import Session
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class SetUpRejected:
    """Id or password is not right: which of the two is not said."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class SetUpLocked:
    """Too many wrong tries: nothing is verified before `until`; None: before the help desk opens it."""

    until: int | None


@dataclass(frozen=True, slots=True)
class FirstPasswordOver:
    """Both are right, but the password was used, is too old, or a newer one was mailed. It was not counted."""


SetUpOutcome = Advanced | SetUpRejected | SetUpLocked | FirstPasswordOver


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page shows."""

    states: tuple[State, ...]
    """Of each of the person's accounts in the module, oldest first."""
    lock: SetUpLocked | None


@dataclass(frozen=True)
class SetUpModuleAccount:
    """The use case."""

    database: Database
    flow: SignInFlow
    entry: ModuleEntry
    modules: Modules
    passwords: FirstPasswords
    administer: AdministerModuleAccounts
    guards: Guards
    notices: Notices
    trail: Trail

    def __call__(
        self, interaction: Interaction, session: Session, external_id: str, password: str, visitor: Visitor
    ) -> SetUpOutcome:
        """Link the account that both belong to, and go on; count everything else."""
        module = interaction.demand.module
        reserved = self.guards.reserve(guard_name(module, session.account.sub), None, has_account=True)
        if not isinstance(reserved, Reserved):
            with self.database.reading() as connection:
                self._record(connection, Event.MODULE_ACCOUNT_REFUSED_LOCKED, session, module, visitor)
            return SetUpLocked(reserved.until if isinstance(reserved, LockedOut) else None)
        match = self._find(session, module, external_id, password)
        if match is None:
            return self._rejected(reserved, session, module, visitor)
        if match.account.is_active or not match.is_live:
            with self.database.reading() as connection:
                self.guards.release(connection, reserved)
            # Sent twice by a double click, the second finds that the first has linked it already.
            if self.entry.reason(session, interaction.demand, interaction) == "module_set_up":
                return FirstPasswordOver()
            return Advanced(self.flow.next_path(interaction, session))
        return self._link(interaction, session, match, reserved, visitor)

    def resend(self, interaction: Interaction, session: Session, visitor: Visitor) -> ResendOutcome:
        """Mail id and a new password once more, to the address on file, as often as is allowed."""
        return self.administer.resend(session.account, interaction.demand.module, visitor, capped=True)

    def standing(self, interaction: Interaction, session: Session) -> Standing:
        """Return how the person's accounts in the module stand."""
        module, account = interaction.demand.module, session.account
        name, now = guard_name(module, account.sub), self.flow.clock.now()
        with self.database.reading() as connection:
            until = self.guards.locked_until(connection, name)
            is_locked = until is not None or self.guards.is_exhausted(connection, name)
        held = self.modules.accounts.of_person(account.id, module)
        return Standing(tuple(state_of(one, now, until) for one in held), SetUpLocked(until) if is_locked else None)

    def _find(self, session: Session, module: str, external_id: str, password: str) -> Match | None:
        known = self.modules.get(module)
        own = known.own_accounts if known is not None else None
        if own is None:
            return None
        with self.database.reading() as connection:
            held = self.modules.accounts.of_person(session.account.id, module, connection)
            candidates = [account for account in held if account.withdrawn_at is None]
            return self.passwords.find(connection, candidates, own.canonical(external_id) or "", password)

    def _rejected(self, reserved: Reserved, session: Session, module: str, visitor: Visitor) -> SetUpOutcome:
        until = reserved.locked_until
        with self.database.transaction() as connection:
            self._record(connection, Event.MODULE_ACCOUNT_REJECTED, session, module, visitor)
            if until is not None:
                self._record(connection, Event.MODULE_ACCOUNT_LOCKED, session, module, visitor)
        return SetUpRejected(reserved.tries_left) if until is None else SetUpLocked(until)

    def _link(
        self, interaction: Interaction, session: Session, match: Match, reserved: Reserved, visitor: Visitor
    ) -> Advanced:
        module, account = interaction.demand.module, match.account
        known = self.modules.get(module)
        detail = {"module": known.title if known is not None else module}
        with self.database.transaction() as connection:
            if self.modules.accounts.activate(connection, account.id, match.password_id):
                self.guards.clear(connection, guard_name(module, session.account.sub))
                self._record(connection, Event.MODULE_ACCOUNT_LINKED, session, module, visitor, account)
                self.notices.tell(
                    connection, session.account, Change.MODULE_LINKED, detail=detail, language=visitor.language
                )
            else:
                # Linked by another try at this moment, or withdrawn: the table of steps knows what comes next.
                self.guards.release(connection, reserved)
        after = replace(interaction, module_account=account.id)
        self.flow.interactions.save(after)
        self.entry.remember(session, module, account.id)
        return Advanced(self.flow.next_path(after, session))

    def _record(
        self,
        connection: Connection,
        event: Event,
        session: Session,
        module: str,
        visitor: Visitor,
        account: ModuleAccount | None = None,
    ) -> None:
        details: dict[str, Any] = {} if account is None else {"module_account": account.id}
        self.trail.record(
            connection, event, visitor, actor=session.account.sub, sid=session.sid, module=module, **details
        )
