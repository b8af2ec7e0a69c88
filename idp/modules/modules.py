"""MES modules and who may open them (fact S14). Default deny: no row, no access."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from idp.clock import Clock
from idp.modules.model import module_access, modules
from idp.modules.module_accounts import ModuleAccounts
from idp.modules.own_accounts import OwnAccounts
from idp.store.database import Database, after_commit
from idp.store.prepared import Prepared
from idp.store.versions import Versions, bump

VERSION_NAME = "modules"

_access = module_access.c
_ROLES = Prepared(
    select(_access.roles).where(_access.account_id == bindparam("account_id"), _access.module == bindparam("module"))
)


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask about a module (fact S15)."""

    label: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """One MES module as the menu shows it."""

    name: str
    title: str
    description: str
    start_url: str
    contacts: tuple[Contact, ...] = ()
    external_id_claim: str | None = None
    """Claim that carries the person's own id there (MMIS: `e6code`), to this module's clients only."""
    menu_order: int = 100
    own_accounts: OwnAccounts | None = None
    """What it declares when its people have accounts of their own there (fact S13)."""


@dataclass(frozen=True, slots=True)
class Access:
    """One person may open one module, with these roles there."""

    module: str
    roles: tuple[str, ...] = ()


class NoSuchModule(Exception):
    """There is no module of this name."""


class ModuleExists(Exception):
    """There is a module of this name already."""


class Modules:
    """The store of modules, access and module accounts. Modules themselves are kept in memory; who may open them is not."""

    def __init__(self, database: Database, clock: Clock, versions: Versions) -> None:
        self._database = database
        self._clock = clock
        self._versions = versions
        self._known: tuple[int, dict[str, Module]] | None = None
        self.accounts = ModuleAccounts(database, clock)
        """People's own accounts in modules."""

    def all(self) -> list[Module]:
        """Return every module in the menu's order."""
        return list(self._by_name().values())

    def get(self, name: str) -> Module | None:
        """Return one module."""
        return self._by_name().get(name)

    def get_within(self, connection: Connection, name: str) -> Module | None:
        """Return one module as it is in the caller's transaction, which then needs no second connection."""
        row = connection.execute(select(modules).where(modules.c.name == name)).mappings().first()
        return None if row is None else _module(row)

    def menu_for(self, account_id: int) -> list[Module]:
        """Return the modules that the person may open, in the menu's order (fact S14)."""
        allowed = {access.module for access in self.accesses(account_id)}
        return [module for module in self.all() if module.name in allowed]

    def access(self, account_id: int, module: str, connection: Connection | None = None) -> Access | None:
        """Return the person's access to a module, or None: default deny."""
        if connection is None:
            with self._database.reading() as own:
                return self.access(account_id, module, own)
        row = _ROLES.first(connection, {"account_id": account_id, "module": module})
        return None if row is None else Access(module, tuple(json.loads(row.roles)))

    def accesses(self, account_id: int) -> list[Access]:
        """Return every access of the person, by name of module."""
        query = select(_access.module, _access.roles).where(_access.account_id == account_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(_access.module)).all()
        return [Access(row.module, tuple(json.loads(row.roles))) for row in rows]

    def external_ids(self, account_id: int, module: str) -> list[str]:
        """Return the person's own ids that are in use in a module, oldest first (MMIS: the E6Code, fact S13)."""
        return list(self.accounts.active(account_id, module).values())

    def create(self, connection: Connection, module: Module) -> None:
        """Add a module in the caller's transaction; workers know it within a second. Raises ModuleExists."""
        values = asdict(module) | {
            "contacts": json.dumps([asdict(contact) for contact in module.contacts]),
            "own_accounts": module.own_accounts and module.own_accounts.to_json(),
        }
        try:
            with connection.begin_nested():
                connection.execute(insert(modules).values(**values))
        except IntegrityError as error:
            raise ModuleExists(module.name) from error
        bump(connection, VERSION_NAME)
        after_commit(connection, self._forget)

    def give_contacts(self, connection: Connection, name: str, contacts: Sequence[Contact]) -> bool:
        """Say whom people ask about a module; False when that was so already. Raises NoSuchModule."""
        self._require(connection, name)
        kept = json.dumps([asdict(contact) for contact in contacts])
        row = modules.c
        changed = update(modules).where(row.name == name, row.contacts != kept).values(contacts=kept)
        if connection.execute(changed).rowcount != 1:
            return False
        bump(connection, VERSION_NAME)
        after_commit(connection, self._forget)
        return True

    def declare(self, connection: Connection, name: str, own: OwnAccounts | None, claim: str | None) -> bool:
        """Say that people have accounts of their own in a module, or no longer, and which claim carries the id.

        False when that was so already. Whoever has an id in use keeps it. Raises NoSuchModule.
        """
        self._require(connection, name)
        declared = None if own is None else own.to_json()
        row = modules.c
        changed = connection.execute(
            update(modules)
            .where(
                row.name == name,
                row.own_accounts.is_distinct_from(declared) | row.external_id_claim.is_distinct_from(claim),
            )
            .values(own_accounts=declared, external_id_claim=claim)
        )
        if changed.rowcount == 1:
            bump(connection, VERSION_NAME)
            after_commit(connection, self._forget)
        return changed.rowcount == 1

    def grant(self, connection: Connection, account_id: int, module: str, roles: Sequence[str] = ()) -> bool:
        """Let the person open the module with these roles; False when that was so already. Raises NoSuchModule."""
        self._require(connection, module)
        before = self.access(account_id, module, connection)
        if before == Access(module, tuple(roles)):
            return False
        choose = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        new = choose(module_access).values(
            account_id=account_id, module=module, roles=json.dumps(list(roles)), granted_at=self._clock.now()
        )
        connection.execute(
            new.on_conflict_do_update(index_elements=["account_id", "module"], set_={"roles": new.excluded.roles})
        )
        return True

    def revoke(self, connection: Connection, account_id: int, module: str) -> bool:
        """Take the access away; False when there was none."""
        gone = connection.execute(
            delete(module_access).where(_access.account_id == account_id, _access.module == module)
        )
        return gone.rowcount == 1

    def add_external_id(self, connection: Connection, account_id: int, module: str, external_id: str) -> None:
        """Note an id that the person uses in the module already. Raises ExternalIdTaken, NoSuchModule."""
        self._require(connection, module)
        self.accounts.note(connection, account_id, module, external_id)

    def _require(self, connection: Connection, module: str) -> None:
        if connection.execute(select(modules.c.name).where(modules.c.name == module)).first() is None:
            raise NoSuchModule(module)

    def _by_name(self) -> dict[str, Module]:
        version = self._versions.current(VERSION_NAME)
        known = self._known
        if known is not None and known[0] == version:
            return known[1]
        with self._database.reading() as connection:
            rows = connection.execute(select(modules).order_by(modules.c.menu_order, modules.c.name)).mappings().all()
        found = {row["name"]: _module(row) for row in rows}
        self._known = (version, found)
        return found

    def _forget(self) -> None:
        self._known = None


def _module(row: RowMapping) -> Module:
    return Module(
        **{
            **row,
            "contacts": tuple(Contact(**contact) for contact in json.loads(row["contacts"])),
            "own_accounts": row["own_accounts"] and OwnAccounts.from_json(row["own_accounts"]),
        }
    )
