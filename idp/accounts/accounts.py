"""Reads and writes people. What happens around a write (events, mails) is the use case's."""

import secrets
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypedDict, Unpack

from sqlalchemy import Connection, bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from idp.accounts.account_passwords import AccountPasswords
from idp.accounts.account_rows import ACCOUNT_COLUMNS, AccountRows, PersonWords
from idp.accounts.model import Account, Affiliation, ShutBy, accounts
from idp.accounts.user_ids.former import kept_for
from idp.clock import Clock
from idp.store.database import Database
from idp.store.personal_data import PersonalData
from idp.store.prepared import Prepared

_account = accounts.c
_READ = select(*ACCOUNT_COLUMNS, _account.password_hash, _account.password_changed_at)
_BY_ID = Prepared(_READ.where(_account.id == bindparam("id")))
_BY_SUB = Prepared(_READ.where(_account.sub == bindparam("sub")))
_BY_INDEX = Prepared(_READ.where(_account.user_id_index == bindparam("index")))
# What the release before wrote and nobody has sealed yet.
_BY_PLAIN_USER_ID = Prepared(_READ.where(_account.plain_user_id == bindparam("user_id")))

_OUTRANKED: dict[ShutBy, tuple[ShutBy, ...]] = {
    "module": (),
    "quiet": ("module",),
    "operator": ("module", "quiet"),
}
"""Whose shutting becomes one's own: an operator's must hold although a module was first."""


class UserIdTaken(Exception):
    """There is an account with this User ID already, or the address was another account's and is kept for it."""

    def __init__(self, user_id: str, *, is_kept: bool = False) -> None:
        super().__init__(user_id)
        self.is_kept = is_kept


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account with its password's hash; leaves the accounts and sign-in rooms never."""

    account: Account
    password_hash: str | None
    password_changed_at: int | None


class PersonChange(TypedDict, total=False):
    """The words of a person that change; the User ID in canonical form, the phone in E.164 or None."""

    user_id: str
    given_name: str
    family_name: str
    phone: str | None


@dataclass(frozen=True)
class Accounts:
    """The store of people. A lookup runs by itself, or in the caller's transaction when given its connection."""

    database: Database
    clock: Clock
    personal: PersonalData

    @cached_property
    def rows(self) -> AccountRows:
        """The room that opens rows of accounts, also for who reads them joined with others."""
        return AccountRows(self.personal)

    @cached_property
    def passwords(self) -> AccountPasswords:
        """What changes the password that is kept of an account."""
        return AccountPasswords(self.clock)

    def by_user_id(self, user_id: str, connection: Connection | None = None) -> Account | None:
        """Return the account with this canonical User ID."""
        found = self.credentials(user_id, connection)
        return found.account if found else None

    def by_id(self, account_id: int, connection: Connection | None = None) -> Account | None:
        """Return the account with this row number."""
        found = self.credentials_by_id(account_id, connection)
        return found.account if found else None

    def by_sub(self, sub: str, connection: Connection | None = None) -> Account | None:
        """Return the account that clients know as `sub`."""
        found = self._one(_BY_SUB, {"sub": sub}, connection)
        return found.account if found else None

    def credentials(self, user_id: str, connection: Connection | None = None) -> Credentials | None:
        """Return the account with this canonical User ID and its password's hash, in one read."""
        if connection is None:
            with self.database.reading() as own:
                return self.credentials(user_id, own)
        index = self.rows.index(connection, user_id)
        found = self._one(_BY_INDEX, {"index": index}, connection)
        # Asked for in any case: one more statement for nobody's User ID would tell by time that it is nobody's (SECURITY T5).
        plain = self._one(_BY_PLAIN_USER_ID, {"user_id": user_id}, connection)
        if found is None and plain is None:
            self.rows.nobody()
        return found or plain

    def credentials_by_id(self, account_id: int, connection: Connection | None = None) -> Credentials | None:
        """Return the account with this row number and its password's hash, in one read."""
        return self._one(_BY_ID, {"id": account_id}, connection)

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
        sub = secrets.token_hex(16)
        plain = select(_account.id).where(_account.plain_user_id == user_id)
        if connection.execute(plain).first() is not None:
            raise UserIdTaken(user_id)
        new = insert(accounts).values(
            **self.rows.values(connection, sub, PersonWords(user_id, given_name, family_name, phone)),
            sub=sub,
            affiliation=affiliation,
            registered_by=registered_by,
            locale=locale,
            password_hash=password_hash,
            password_changed_at=now if password_hash else None,
            must_change_password=False,
            created_at=now,
            quiet_since=now,
        )
        try:
            with connection.begin_nested():
                row = connection.execute(new.returning(*ACCOUNT_COLUMNS)).one()
                self._refuse_kept(connection, user_id, row.id)
        except IntegrityError as error:
            raise UserIdTaken(user_id) from error
        return self.rows.account(row)

    def change_person(self, connection: Connection, account_id: int, **change: Unpack[PersonChange]) -> Account:
        """Give the account other words in the caller's transaction; return it as it is now.

        What is not named stays; of two changes at once none is lost. Raises UserIdTaken, and NoResultFound where there is
        no such account.
        """
        query = select(*ACCOUNT_COLUMNS).where(_account.id == account_id).with_for_update()
        before = self.rows.account(connection.execute(query).one())
        after = replace(before, **change)
        words = PersonWords(after.user_id, after.given_name, after.family_name, after.phone)
        changed = update(accounts).where(_account.id == account_id)
        changed = changed.values(**self.rows.values(connection, after.sub, words))
        try:
            with connection.begin_nested():
                connection.execute(changed)
                if after.user_id != before.user_id:
                    self._refuse_kept(connection, after.user_id, account_id)
        except IntegrityError as error:
            raise UserIdTaken(after.user_id) from error
        return after

    def hold(self, connection: Connection, account_id: int) -> bool:
        """Make other transactions that hold or change this account wait until the caller's ends; tell whether it is open."""
        held = select(_account.disabled_at).where(_account.id == account_id).with_for_update()
        row = connection.execute(held).first()
        return row is not None and row.disabled_at is None

    def set_locale(self, connection: Connection, account_id: int, tag: str | None, *, only_first: bool = False) -> None:
        """Remember the language that the person reads; with `only_first` an earlier choice stays."""
        chosen = update(accounts).where(_account.id == account_id).values(locale=tag)
        connection.execute(chosen.where(_account.locale.is_(None)) if only_first else chosen)

    def note_sign_in(self, connection: Connection, account_id: int) -> None:
        """Note that the person has just signed in: the quiet days count anew."""
        now = self.clock.now()
        connection.execute(
            update(accounts).where(_account.id == account_id).values(last_sign_in_at=now, **_count_anew(now))
        )

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
        """Open the account again, its quiet days counted anew.

        False when it was open, or shut by somebody else than `only_shut_by`.
        """
        opening = update(accounts).where(_account.id == account_id, _account.disabled_at.is_not(None))
        if only_shut_by is not None:
            opening = opening.where(_account.disabled_by == only_shut_by)
        opened = opening.values(disabled_at=None, disabled_by=None, **_count_anew(self.clock.now()))
        return connection.execute(opened).rowcount == 1

    def _refuse_kept(self, connection: Connection, user_id: str, account_id: int) -> None:
        """Raise UserIdTaken for an address that is kept for another account.

        Asked after the row was written: who writes it last has waited for whoever gave the address up.
        """
        owner = kept_for(connection, self.rows.index(connection, user_id))
        if owner is not None and owner != account_id:
            raise UserIdTaken(user_id, is_kept=True)

    def _one(
        self, query: Prepared, parameters: dict[str, str | int], connection: Connection | None
    ) -> Credentials | None:
        if connection is None:
            with self.database.reading() as own:
                return self._one(query, parameters, own)
        row = query.first(connection, parameters)
        return None if row is None else Credentials(self.rows.account(row), row.password_hash, row.password_changed_at)


def _count_anew(now: int) -> dict[str, Any]:
    return {"quiet_since": now, "quiet_warnings": 0, "quiet_warned_at": None}
