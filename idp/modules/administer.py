"""Somebody is allowed to open a module, or no longer; a module is added. Each with its event, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.modules.modules import Module, Modules
from idp.modules.own_accounts import OwnAccounts
from idp.store.database import Database


class Holder(Protocol):
    """Who is given access; an account is one."""

    @property
    def id(self) -> int:
        """Row number of the account."""
        ...

    @property
    def sub(self) -> str:
        """What the trail calls the person."""
        ...


@dataclass(frozen=True)
class AdministerModules:
    """What operators may do about modules."""

    database: Database
    modules: Modules
    trail: Trail

    def create(self, module: Module, visitor: Visitor) -> None:
        """Add a module. Raises ModuleExists."""
        with self.database.transaction() as connection:
            self.modules.create(connection, module)
            self.trail.record(connection, Event.MODULE_CREATED, visitor, subject=f"module:{module.name}")

    def declare(self, module: str, own: OwnAccounts | None, claim: str | None, visitor: Visitor) -> bool:
        """Say whether people have accounts of their own in a module (fact S13); False when it was so. Raises NoSuchModule."""
        with self.database.transaction() as connection:
            changed = self.modules.declare(connection, module, own, claim)
            if changed:
                subject = f"module:{module}"
                self.trail.record(
                    connection, Event.MODULE_CHANGED, visitor, subject=subject, own_accounts=own is not None
                )
        return changed

    def change(self, module: Module, visitor: Visitor) -> bool:
        """Keep what `module` says of contacts and of people's own accounts there; False when it was so.

        Raises NoSuchModule.
        """
        own, claim = module.own_accounts, module.external_id_claim
        with self.database.transaction() as connection:
            told = self.modules.give_contacts(connection, module.name, module.contacts)
            declared = self.modules.declare(connection, module.name, own, claim)
            if told or declared:
                self.trail.record(
                    connection,
                    Event.MODULE_CHANGED,
                    visitor,
                    subject=f"module:{module.name}",
                    own_accounts=own is not None,
                    contacts=len(module.contacts),
                )
        return told or declared

    def grant(self, holder: Holder, module: str, visitor: Visitor, roles: Sequence[str] = ()) -> bool:
        """Let the person open the module; False when that was so already. Raises NoSuchModule."""
        with self.database.transaction() as connection:
            return self.grant_within(connection, holder, module, visitor, roles)

    def grant_within(
        self, connection: Connection, holder: Holder, module: str, visitor: Visitor, roles: Sequence[str] = ()
    ) -> bool:
        """Do as `grant`, in the caller's transaction: a new account gets its modules with it."""
        granted = self.modules.grant(connection, holder.id, module, roles)
        if granted:
            self.trail.record(
                connection, Event.MODULE_GRANTED, visitor, subject=holder.sub, module=module, roles=list(roles)
            )
        return granted

    def revoke(self, holder: Holder, module: str, visitor: Visitor) -> bool:
        """Take the access away; False when there was none. What clients already know stays theirs until it expires."""
        with self.database.transaction() as connection:
            return self.revoke_within(connection, holder, module, visitor)

    def revoke_within(self, connection: Connection, holder: Holder, module: str, visitor: Visitor) -> bool:
        """Do as `revoke`, in the caller's transaction."""
        revoked = self.modules.revoke(connection, holder.id, module)
        if revoked:
            self.trail.record(connection, Event.MODULE_REVOKED, visitor, subject=holder.sub, module=module)
        return revoked
