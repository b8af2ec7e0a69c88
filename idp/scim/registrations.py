"""Reads and writes registrations: the accounts that one module registered, as its SCIM client sees them.

Every read names the module: what another one registered, or the agency, is not there at all (fact S3).
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Update, and_, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from idp.accounts.account_rows import ACCOUNT_COLUMNS
from idp.accounts.accounts import Accounts
from idp.accounts.model import Account, accounts
from idp.accounts.user_ids import UserIdChanges
from idp.clock import Clock
from idp.scim.model import scim_registrations

_SUB = re.compile("[0-9a-zA-Z_-]{1,64}")
"""What may be looked up: PostgreSQL takes no NUL in a text."""
_account = accounts.c
_row = scim_registrations.c


class ExternalIdTaken(Exception):
    """Another user of the module has this externalId."""


@dataclass(frozen=True, slots=True)
class Registration:
    """One account of the module's."""

    account: Account
    external_id: str | None
    version: int
    """How often the module wrote to it."""
    modified_at: int
    new_user_id: str | None = None
    """What the User ID is to become, asked for by the module."""

    @property
    def etag(self) -> str:
        """The entity tag: weak, and another one whenever anything that the module sees is another (RFC 7644 3.14)."""
        account = self.account
        seen = (
            account.user_id,
            account.given_name,
            account.family_name,
            account.phone,
            account.locale,
            account.affiliation,
            account.disabled_at is None,
            self.external_id,
            *([self.new_user_id] if self.new_user_id else []),
        )
        return f'W/"{self.version}.{sha256(repr(seen).encode()).hexdigest()[:16]}"'


@dataclass(frozen=True)
class Registrations:
    """The store. Every verb takes part in the caller's connection."""

    accounts: Accounts
    changes: UserIdChanges
    clock: Clock

    def one(self, connection: Connection, module: str, sub: str) -> Registration | None:
        """Return the module's account of this `sub`."""
        if _SUB.fullmatch(sub) is None:
            return None
        found = self.page(connection, module, _account.sub == sub, offset=0, count=1)
        return found[0] if found else None

    def page(
        self, connection: Connection, module: str, where: ColumnElement[bool], *, offset: int, count: int
    ) -> list[Registration]:
        """Return some of the module's accounts, the oldest first."""
        query = _visible(select(*ACCOUNT_COLUMNS, _row.external_id, _row.version, _row.modified_at), module)
        rows = connection.execute(query.where(where).order_by(_account.id).offset(offset).limit(count)).all()
        becoming = self.changes.asked_by_module(connection, [row.id for row in rows])
        return [
            Registration(
                self.accounts.rows.account(row),
                row.external_id,
                row.version or 0,
                row.modified_at or row.created_at,
                becoming.get(row.id),
            )
            for row in rows
        ]

    def count(self, connection: Connection, module: str, where: ColumnElement[bool]) -> int:
        """Return how many of the module's accounts there are."""
        return int(connection.execute(_visible(select(func.count()), module).where(where)).scalar_one())

    def add(self, connection: Connection, account_id: int, module: str, external_id: str | None) -> None:
        """Begin the registration of a new account. Raises ExternalIdTaken."""
        try:
            with connection.begin_nested():
                connection.execute(insert(scim_registrations).values(self._first(account_id, module, external_id)))
        except IntegrityError as error:
            raise ExternalIdTaken from error

    def change(self, connection: Connection, read: Registration, module: str, external_id: str | None) -> bool:
        """Note a write by the module; False when another write was faster. Raises ExternalIdTaken."""
        try:
            with connection.begin_nested():
                if read.version == 0:
                    return self._begin(connection, read.account.id, module, external_id)
                changed = connection.execute(
                    self._still(read).values(
                        external_id=external_id, version=read.version + 1, modified_at=self.clock.now()
                    )
                )
        except IntegrityError as error:
            raise ExternalIdTaken from error
        return changed.rowcount == 1

    def withdraw(self, connection: Connection, read: Registration, module: str) -> bool:
        """End the module's registration; False when another write was faster."""
        if read.version == 0:
            if not self._begin(connection, read.account.id, module, None):
                return False
            read = Registration(read.account, None, 1, self.clock.now())
        now = self.clock.now()
        ended = connection.execute(
            # Its key may be given to somebody else.
            self._still(read).values(external_id=None, version=read.version + 1, modified_at=now, withdrawn_at=now)
        )
        return ended.rowcount == 1

    def _still(self, read: Registration) -> Update:
        return update(scim_registrations).where(
            _row.account_id == read.account.id, _row.version == read.version, _row.withdrawn_at.is_(None)
        )

    def _begin(self, connection: Connection, account_id: int, module: str, external_id: str | None) -> bool:
        """Make the row of an account that was registered by another way; False when somebody was faster."""
        choose = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        new = choose(scim_registrations).values(self._first(account_id, module, external_id))
        made = new.on_conflict_do_nothing(index_elements=["account_id"]).returning(_row.account_id)
        return connection.execute(made).first() is not None

    def _first(self, account_id: int, module: str, external_id: str | None) -> dict[str, object]:
        return {
            "account_id": account_id,
            "module": module,
            "external_id": external_id,
            "version": 1,
            "modified_at": self.clock.now(),
        }


def _visible(query: Select[Any], module: str) -> Select[Any]:
    return query.select_from(accounts.outerjoin(scim_registrations, _row.account_id == _account.id)).where(
        _account.registered_by == module,
        # Employees are kept by their directory, whoever registered them (fact S2).
        _account.affiliation != "dmas",
        or_(_row.account_id.is_(None), and_(_row.module == module, _row.withdrawn_at.is_(None))),
    )
