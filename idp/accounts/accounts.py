"""Reads and writes people. What happens around a write (events, mails) is the use case's."""

from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from idp.accounts.model import Account, accounts
from idp.clock import Clock
from idp.store.database import Database

ACCOUNT_COLUMNS = (
    accounts.c.id,
    accounts.c.sub,
    accounts.c.user_id,
    accounts.c.given_name,
    accounts.c.family_name,
    accounts.c.phone,
    accounts.c.affiliation,
    accounts.c.registered_by,
    accounts.c.locale,
    accounts.c.must_change_password,
    accounts.c.created_at,
    accounts.c.disabled_at,
    accounts.c.last_sign_in_at,
)
"""What `account_from` needs of a row."""


def account_from(row: RowMapping) -> Account:
    """Return the account in a row that holds ACCOUNT_COLUMNS (keyed by column, so that a join may hold more)."""
    return Account(**{column.name: row[column] for column in ACCOUNT_COLUMNS})


class UserIdTaken(Exception):
    """There is an account with this User ID already."""


class Accounts:
    """The store of people. Each lookup runs by itself, or in the caller's transaction when given its connection."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def by_user_id(self, user_id: str, connection: Connection | None = None) -> Account | None:
        """Return the account with this canonical User ID."""
        return self._one(connection, accounts.c.user_id == user_id)

    def by_id(self, account_id: int, connection: Connection | None = None) -> Account | None:
        """Return the account with this row number."""
        return self._one(connection, accounts.c.id == account_id)

    def by_sub(self, sub: str, connection: Connection | None = None) -> Account | None:
        """Return the account that clients know as `sub`."""
        return self._one(connection, accounts.c.sub == sub)

    def _one(self, connection: Connection | None, condition: Any) -> Account | None:
        if connection is None:
            with self._database.reading() as own:
                return self._one(own, condition)
        row = connection.execute(select(*ACCOUNT_COLUMNS).where(condition)).mappings().first()
        return None if row is None else account_from(row)

    def add(self, connection: Connection, **values: Any) -> Account:
        """Insert an account. Raises UserIdTaken."""
        raise NotImplementedError
