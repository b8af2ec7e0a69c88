"""People's own accounts in modules (fact S13). Every transition is one conditional statement that tells whether it won."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from idp.clock import Clock
from idp.modules.account_states import ModuleAccount
from idp.modules.model import WAITS_FOR_ITS_ID, module_access, module_account_passwords, module_accounts
from idp.store.database import Database
from idp.store.prepared import Prepared

_row = module_accounts.c
_password = module_account_passwords.c
_ACTIVE = Prepared(
    select(_row.id, _row.external_id)
    .where(
        _row.account_id == bindparam("account_id"),
        _row.module == bindparam("module"),
        _row.activated_at.is_not(None),
        _row.withdrawn_at.is_(None),
    )
    .order_by(_row.id)
)


class ExternalIdTaken(Exception):
    """An account has, or had, this id in the module already."""


@dataclass(frozen=True)
class ModuleAccounts:
    """The store of module accounts."""

    database: Database
    clock: Clock

    def active(self, account_id: int, module: str) -> dict[int, str]:
        """Return the person's ids that are in use in a module, oldest first, by the row of each."""
        with self.database.reading() as connection:
            return {
                row.id: row.external_id for row in _ACTIVE.all(connection, {"account_id": account_id, "module": module})
            }

    def of_person(
        self, account_id: int, module: str | None = None, connection: Connection | None = None
    ) -> list[ModuleAccount]:
        """Return every module account of the person, in one module or in all, oldest first."""
        if connection is None:
            with self.database.reading() as own:
                return self.of_person(account_id, module, own)
        query = _with_password().where(_row.account_id == account_id)
        if module is not None:
            query = query.where(_row.module == module)
        return [ModuleAccount(**row) for row in connection.execute(query.order_by(_row.id)).mappings()]

    def without_id(self, connection: Connection, module: str) -> list[tuple[int, int]]:
        """Return who may open the module and has no id there: row number, and since when; the longest waiting first.

        Who had an account there that was withdrawn, and has no other, waits for nothing.
        """
        held = select(_row.id).where(_row.account_id == module_access.c.account_id, _row.module == module)
        unfinished = held.where(_row.external_id.is_(None), _row.withdrawn_at.is_(None))
        given = held.where(_row.external_id.is_not(None), _row.withdrawn_at.is_(None))
        query = (
            select(module_access.c.account_id, module_access.c.granted_at)
            .where(module_access.c.module == module, or_(~held.exists(), and_(unfinished.exists(), ~given.exists())))
            .order_by(module_access.c.granted_at, module_access.c.account_id)
        )
        return [(row.account_id, row.granted_at) for row in connection.execute(query)]

    def waiting(self, connection: Connection, account_id: int, module: str) -> list[ModuleAccount]:
        """Return the person's accounts in a module that have an id and whose set-up is not finished, held until commit.

        Of two callers at once the second waits for the first.
        """
        held = select(_row.id).where(_row.account_id == account_id, _row.module == module).order_by(_row.id)
        connection.execute(held.with_for_update()).all()
        return [
            account
            for account in self.of_person(account_id, module, connection)
            if account.is_waiting and account.external_id is not None
        ]

    def approve(self, connection: Connection, account_id: int, module: str) -> bool:
        """Note that the person is to have a further account; False when one waits for its id already."""
        choose = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        new = choose(module_accounts).values(account_id=account_id, module=module, created_at=self.clock.now())
        fresh = connection.execute(
            new.on_conflict_do_nothing(index_elements=["account_id", "module"], index_where=WAITS_FOR_ITS_ID).returning(
                _row.id
            )
        )
        return fresh.first() is not None

    def give_id(self, connection: Connection, account_id: int, module: str, external_id: str) -> int | None:
        """Give the approved account its id; return its row, or None when none waits for one. Raises ExternalIdTaken."""
        given = (
            update(module_accounts)
            .where(
                _row.account_id == account_id,
                _row.module == module,
                _row.external_id.is_(None),
                _row.withdrawn_at.is_(None),
            )
            .values(external_id=external_id, id_mailed_at=self.clock.now())
            .returning(_row.id)
        )
        try:
            with connection.begin_nested():
                row = connection.execute(given).first()
        except IntegrityError as error:
            raise ExternalIdTaken(external_id) from error
        return None if row is None else int(row.id)

    def note(self, connection: Connection, account_id: int, module: str, external_id: str) -> None:
        """Note an id that the person uses already: nothing is mailed, no set-up is asked. Raises ExternalIdTaken."""
        now = self.clock.now()
        new = insert(module_accounts).values(
            account_id=account_id, module=module, external_id=external_id, created_at=now, activated_at=now
        )
        try:
            with connection.begin_nested():
                connection.execute(new)
        except IntegrityError as error:
            raise ExternalIdTaken(external_id) from error

    def activate(self, connection: Connection, module_account_id: int, password_id: int) -> bool:
        """Link the account for good, with the newest password; of many callers one is told True."""
        newer = select(_password.id).where(_password.module_account_id == _row.id, _password.id > password_id)
        linked = connection.execute(
            update(module_accounts)
            .where(
                _row.id == module_account_id,
                _row.external_id.is_not(None),
                _row.activated_at.is_(None),
                _row.withdrawn_at.is_(None),
                ~newer.exists(),
            )
            .values(activated_at=self.clock.now())
        )
        return linked.rowcount == 1

    def withdraw(
        self, connection: Connection, account_id: int, module: str, external_id: str | None = None
    ) -> Sequence[int]:
        """Withdraw the account with this id, or all of the person in the module; return the rows that this call withdrew."""
        which = [_row.account_id == account_id, _row.module == module, _row.withdrawn_at.is_(None)]
        if external_id is not None:
            which.append(_row.external_id == external_id)
        gone = update(module_accounts).where(*which).values(withdrawn_at=self.clock.now()).returning(_row.id)
        return connection.execute(gone).scalars().all()


def _with_password() -> Select[Any]:
    newest = (
        select(func.max(_password.id)).where(_password.module_account_id == _row.id).correlate(module_accounts)
    ).scalar_subquery()
    until = select(_password.expires_at).where(_password.id == newest).scalar_subquery()
    return select(
        _row.id,
        _row.account_id,
        _row.module,
        _row.external_id,
        _row.created_at,
        _row.id_mailed_at,
        until.label("password_expires_at"),
        _row.activated_at,
        _row.withdrawn_at,
    )
