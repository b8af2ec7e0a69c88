"""MES modules and who may open them (fact S14). Default deny: no row, no access."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from idp.clock import Clock
from idp.store.database import Database


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


@dataclass(frozen=True, slots=True)
class Access:
    """One person may open one module, with these roles there."""

    module: str
    roles: tuple[str, ...] = ()


class NoSuchModule(Exception):
    """There is no module of this name."""


class ModuleExists(Exception):
    """There is a module of this name already."""


class ExternalIdTaken(Exception):
    """Another account has this id in the module already."""


@dataclass(frozen=True)
class Modules:
    """The store of modules, access and module accounts."""

    database: Database
    clock: Clock

    def all(self) -> list[Module]:
        """Return every module in the menu's order."""
        raise NotImplementedError

    def get(self, name: str) -> Module | None:
        """Return one module."""
        raise NotImplementedError

    def menu_for(self, account_id: int) -> list[Module]:
        """Return the modules that the person may open, in the menu's order (fact S14)."""
        raise NotImplementedError

    def access(self, account_id: int, module: str, connection: Connection | None = None) -> Access | None:
        """Return the person's access to a module, or None: default deny."""
        raise NotImplementedError

    def accesses(self, account_id: int) -> list[Access]:
        """Return every access of the person."""
        raise NotImplementedError

    def external_ids(self, account_id: int, module: str, connection: Connection | None = None) -> list[str]:
        """Return the person's own ids in a module, oldest first (MMIS: the E6Code, fact S13)."""
        raise NotImplementedError

    def create(self, connection: Connection, module: Module) -> None:
        """Add a module. Raises ModuleExists."""
        raise NotImplementedError

    def grant(self, connection: Connection, account_id: int, module: str, roles: Sequence[str] = ()) -> bool:
        """Let the person open the module with these roles; False when that was so already. Raises NoSuchModule."""
        raise NotImplementedError

    def revoke(self, connection: Connection, account_id: int, module: str) -> bool:
        """Take the access away; False when there was none."""
        raise NotImplementedError

    def add_external_id(self, connection: Connection, account_id: int, module: str, external_id: str) -> None:
        """Note the person's own id in the module. Raises ExternalIdTaken, NoSuchModule."""
        raise NotImplementedError
