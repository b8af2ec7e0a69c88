"""Who decides about which module's requests, and the roles they may give there: an account role for each module."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.accounts.model import Account
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.modules.modules import Modules, NoSuchModule
from idp.onboarding.model import approvers, module_roles
from idp.store.database import Database

_approver = approvers.c
_role = module_roles.c


@dataclass(frozen=True)
class Approvers:
    """Reads and changes both; each change is one transaction with its event, and tells whether it changed anything."""

    database: Database
    clock: Clock
    modules: Modules
    trail: Trail

    def modules_of(self, account_id: int, connection: Connection | None = None) -> frozenset[str]:
        """Return the modules whose requests this account decides; empty for almost everybody."""
        if connection is None:
            with self.database.reading() as own:
                return self.modules_of(account_id, own)
        query = select(_approver.module).where(_approver.account_id == account_id)
        return frozenset(connection.execute(query).scalars())

    def of_module(self, module: str) -> list[int]:
        """Return the row numbers of the accounts that decide for a module."""
        query = select(_approver.account_id).where(_approver.module == module).order_by(_approver.account_id)
        with self.database.reading() as connection:
            return list(connection.execute(query).scalars())

    def add(self, account: Account, module: str, visitor: Visitor) -> bool:
        """Let the account decide about the module's requests. Raises NoSuchModule."""
        self._require(module)
        with self.database.transaction() as connection:
            new = _insert(connection, approvers).values(account_id=account.id, module=module, added_at=self.clock.now())
            added = connection.execute(new.on_conflict_do_nothing().returning(_approver.module)).first() is not None
            if added:
                self.trail.record(connection, Event.APPROVER_ADDED, visitor, subject=account.sub, module=module)
        return added

    def remove(self, account: Account, module: str, visitor: Visitor) -> bool:
        """Take that away; what was decided stays."""
        with self.database.transaction() as connection:
            gone = connection.execute(
                delete(approvers).where(_approver.account_id == account.id, _approver.module == module)
            )
            if gone.rowcount == 1:
                self.trail.record(connection, Event.APPROVER_REMOVED, visitor, subject=account.sub, module=module)
        return gone.rowcount == 1

    def roles_of(self, module: str, connection: Connection | None = None) -> tuple[str, ...]:
        """Return the roles that may be given in a module; () when it knows none."""
        if connection is None:
            with self.database.reading() as own:
                return self.roles_of(module, own)
        query = select(_role.role).where(_role.module == module).order_by(_role.role)
        return tuple(connection.execute(query).scalars())

    def offer_role(self, module: str, role: str, visitor: Visitor) -> bool:
        """Let approvers give this role. Raises NoSuchModule."""
        self._require(module)
        with self.database.transaction() as connection:
            new = _insert(connection, module_roles).values(module=module, role=role)
            offered = connection.execute(new.on_conflict_do_nothing().returning(_role.role)).first() is not None
            if offered:
                self.trail.record(connection, Event.ROLE_OFFERED, visitor, subject=f"module:{module}", role=role)
        return offered

    def withdraw_role(self, module: str, role: str, visitor: Visitor) -> bool:
        """Let nobody give this role any more; who has it keeps it."""
        with self.database.transaction() as connection:
            gone = connection.execute(delete(module_roles).where(_role.module == module, _role.role == role))
            if gone.rowcount == 1:
                self.trail.record(connection, Event.ROLE_WITHDRAWN, visitor, subject=f"module:{module}", role=role)
        return gone.rowcount == 1

    def _require(self, module: str) -> None:
        if self.modules.get(module) is None:
            raise NoSuchModule(module)


def likely_role(roles: tuple[str, ...], affiliation: str) -> str:
    """Return the role to begin with: the one named as the person's affiliation, or the only one; "" when it must be chosen."""
    if affiliation in roles:
        return affiliation
    return roles[0] if len(roles) == 1 else ""


def _insert(connection: Connection, table: object) -> postgresql.Insert | sqlite.Insert:
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)  # type: ignore[arg-type]
