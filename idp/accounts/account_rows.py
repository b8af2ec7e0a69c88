"""A row of `accounts` becomes an `Account`, and a person's words become what such a row holds: the one room that does either.

The four words that name a person are sealed in one piece: a row is opened at every request, and one opening costs 5 µs,
four would cost 8.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from idp.accounts.model import Account, accounts
from idp.sealing import SealBroken
from idp.store.personal_data import PersonalData

_account = accounts.c
_log = logging.getLogger(__name__)

PLAIN_COLUMNS = (_account.plain_user_id, _account.plain_given_name, _account.plain_family_name, _account.plain_phone)
ACCOUNT_COLUMNS = (
    _account.id,
    _account.sub,
    _account.sealed_person,
    *PLAIN_COLUMNS,
    # From here on in the order of `Account`.
    _account.affiliation,
    _account.registered_by,
    _account.locale,
    _account.must_change_password,
    _account.created_at,
    _account.disabled_at,
    _account.last_sign_in_at,
    _account.disabled_by,
    _account.phone_usable_from,
)
"""What `AccountRows.account` needs a row to begin with."""
_REST = 3 + len(PLAIN_COLUMNS)


@dataclass(frozen=True, slots=True)
class PersonWords:
    """What names and reaches a person."""

    user_id: str
    """In canonical form."""
    given_name: str
    family_name: str
    phone: str | None
    """E.164."""


_NOBODY = {"user_id": "nobody@example.org", "given_name": "Nobody", "family_name": "Known", "phone": "+18045550100"}


@dataclass(frozen=True)
class AccountRows:
    """Opens and seals. Thread-safe."""

    personal: PersonalData

    def account(self, row: Sequence[Any]) -> Account:
        """Return the account in a row that begins with ACCOUNT_COLUMNS. Raises SealBroken."""
        words = self.words(row[1], row[2], row[3:_REST])
        return Account(
            row[0],
            row[1],
            words.user_id,
            words.given_name,
            words.family_name,
            words.phone,
            *row[_REST : len(ACCOUNT_COLUMNS)],
        )

    def nobody(self) -> None:
        """Do the work of `account` where no row was found, so that time does not tell it (SECURITY T5)."""
        sealed = self.personal.seal("accounts", "", _NOBODY)
        self.account((0, "", sealed, *(None for _ in ACCOUNT_COLUMNS[3:])))

    def accounts(self, rows: Iterable[Sequence[Any]]) -> list[Account]:
        """Return the accounts in such rows; one whose words cannot be opened is told in the log and left out."""
        found = []
        for row in rows:
            try:
                found.append(self.account(row))
            except SealBroken as error:
                _log.error("account %s is left out: %s", row[1], error)
        return found

    def words(self, sub: str, sealed: bytes | None, plain: Sequence[Any]) -> PersonWords:
        """Return the words of a row; `plain` are those of one that the release before wrote. Raises SealBroken."""
        if sealed is None:
            return PersonWords(*plain)
        return PersonWords(**self.personal.open("accounts", sub, sealed))  # type: ignore[arg-type]

    def values(self, connection: Connection, sub: str, words: PersonWords) -> dict[str, Any]:
        """Return the values of the columns that hold `words`."""
        sealed = {
            "user_id": words.user_id,
            "given_name": words.given_name,
            "family_name": words.family_name,
            "phone": words.phone,
        }
        return {
            "sealed_person": self.personal.seal("accounts", sub, sealed),
            "user_id_index": self.index(connection, words.user_id),
            "plain_user_id": None,
            "plain_given_name": None,
            "plain_family_name": None,
            "plain_phone": None,
        }

    def index(self, connection: Connection, user_id: str) -> str:
        """Return what the canonical `user_id` is looked up by."""
        return self.personal.index(connection, "user-id", user_id)
