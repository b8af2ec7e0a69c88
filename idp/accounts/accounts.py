"""Reads and writes people. What happens around a write (events, mails) is the use case's."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from idp.accounts.model import Account, Affiliation, ShutBy, accounts
from idp.clock import Clock
from idp.store.database import Database
from idp.store.prepared import Prepared

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
    accounts.c.disabled_by,
    accounts.c.phone_usable_from,
)
"""What `account_from` needs a row to begin with."""

_account = accounts.c
_ONE_BY = {
    column.name: Prepared(
        select(*ACCOUNT_COLUMNS, _account.password_hash, _account.password_changed_at).where(
            column == bindparam("value", type_=column.type)
        )
    )
    for column in (_account.id, _account.user_id, _account.sub)
}


_OUTRANKED: dict[ShutBy, tuple[ShutBy, ...]] = {
    "module": (),
    "quiet": ("module",),
    "operator": ("module", "quiet"),
}
"""Whose shutting becomes one's own: an operator's must hold although a module was first."""


class UserIdTaken(Exception):
    """There is an account with this User ID already."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account with its password's hash; leaves the accounts and sign-in rooms never."""

    account: Account
    password_hash: str | None
    password_changed_at: int | None


def account_from(row: Sequence[Any]) -> Account:
    """Return the account in a row that begins with ACCOUNT_COLUMNS."""
    return Account(*row[: len(ACCOUNT_COLUMNS)])


@dataclass(frozen=True)
class Accounts:
    """The store of people. A lookup runs by itself, or in the caller's transaction when given its connection."""

    database: Database
    clock: Clock

    def by_user_id(self, user_id: str, connection: Connection | None = None) -> Account | None:
        """Return the account with this canonical User ID."""
        found = self._one("user_id", user_id, connection)
        return found.account if found else None

    def by_id(self, account_id: int, connection: Connection | None = None) -> Account | None:
        """Return the account with this row number."""
        found = self._one("id", account_id, connection)
        return found.account if found else None

    def by_sub(self, sub: str, connection: Connection | None = None) -> Account | None:
        """Return the account that clients know as `sub`."""
        found = self._one("sub", sub, connection)
        return found.account if found else None

    def credentials(self, user_id: str, connection: Connection | None = None) -> Credentials | None:
        """Return the account with this canonical User ID and its password's hash, in one read."""
        return self._one("user_id", user_id, connection)

    def credentials_by_id(self, account_id: int, connection: Connection | None = None) -> Credentials | None:
        """Return the account with this row number and its password's hash, in one read."""
        return self._one("id", account_id, connection)

    def add(
        self,
        connection: Connection,
        *,
        user_id: str,
        given_name: str,
        family_name: str,
        affiliation: Affiliation,
        registered_by: str,
        phone: str | None = None,
        locale: str | None = None,
        password_hash: str | None = None,
    ) -> Account:
        """Add a person with a new `sub`, which no other person ever has. Raises UserIdTaken."""
        now = self.clock.now()
        new = insert(accounts).values(
            sub=secrets.token_hex(16),
            user_id=user_id,
            given_name=given_name,
            family_name=family_name,
            phone=phone,
            affiliation=affiliation,
            registered_by=registered_by,
            locale=locale,
            password_hash=password_hash,
            password_changed_at=now if password_hash else None,
            must_change_password=False,
            created_at=now,
        )
        try:
            with connection.begin_nested():
                row = connection.execute(new.returning(*ACCOUNT_COLUMNS)).one()
        except IntegrityError as error:
            raise UserIdTaken(user_id) from error
        return account_from(row)

    def hold(self, connection: Connection, account_id: int) -> None:
        """Make other transactions that hold this account wait until the caller's ends."""
        connection.execute(select(_account.id).where(_account.id == account_id).with_for_update())

    def set_password(self, connection: Connection, account_id: int, password_hash: str) -> None:
        """Give the account a new password."""
        connection.execute(
            update(accounts)
            .where(_account.id == account_id)
            .values(password_hash=password_hash, password_changed_at=self.clock.now(), must_change_password=False)
        )

    def rehash_password(self, connection: Connection, account_id: int, old_hash: str, new_hash: str) -> bool:
        """Keep the same password under a new hash, unless it was changed meanwhile."""
        kept = connection.execute(
            update(accounts)
            .where(_account.id == account_id, _account.password_hash == old_hash)
            .values(password_hash=new_hash)
        )
        return kept.rowcount == 1

    def demand_new_password(self, connection: Connection, account_id: int) -> None:
        """Have the person change the password at the next sign-in (evidence of compromise; SECURITY P6)."""
        connection.execute(update(accounts).where(_account.id == account_id).values(must_change_password=True))

    def set_locale(self, connection: Connection, account_id: int, tag: str, *, only_first: bool = False) -> None:
        """Remember the language that the person reads; with `only_first` an earlier choice stays."""
        chosen = update(accounts).where(_account.id == account_id).values(locale=tag)
        connection.execute(chosen.where(_account.locale.is_(None)) if only_first else chosen)

    def note_sign_in(self, connection: Connection, account_id: int) -> None:
        """Note that the person has just signed in."""
        connection.execute(update(accounts).where(_account.id == account_id).values(last_sign_in_at=self.clock.now()))

    def disable(self, connection: Connection, account_id: int, *, by: ShutBy = "operator") -> bool:
        """Shut the account; False when it was shut already by the same or a stronger one."""
        shut = connection.execute(
            update(accounts)
            .where(
                _account.id == account_id,
                or_(_account.disabled_at.is_(None), _account.disabled_by.in_(_OUTRANKED[by])),
            )
            .values(disabled_at=self.clock.now(), disabled_by=by)
        )
        return shut.rowcount == 1

    def enable(self, connection: Connection, account_id: int, *, only_shut_by: ShutBy | None = None) -> bool:
        """Open the account again; False when it was open, or shut by somebody else than `only_shut_by`."""
        opening = update(accounts).where(_account.id == account_id, _account.disabled_at.is_not(None))
        if only_shut_by is not None:
            opening = opening.where(_account.disabled_by == only_shut_by)
        return connection.execute(opening.values(disabled_at=None, disabled_by=None)).rowcount == 1

    def _one(self, column: str, value: str | int, connection: Connection | None) -> Credentials | None:
        if connection is None:
            with self.database.reading() as own:
                return self._one(column, value, own)
        row = _ONE_BY[column].first(connection, {"value": value})
        return None if row is None else Credentials(account_from(row), row.password_hash, row.password_changed_at)
