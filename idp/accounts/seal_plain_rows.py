"""Seals the people whom the release before this one wrote down in plain columns, a few at a time, beside the traffic."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import IntegrityError

from idp.accounts.account_rows import PLAIN_COLUMNS, PersonWords
from idp.accounts.accounts import Accounts
from idp.accounts.model import accounts
from idp.store.reseal import BATCH, Batch

_account = accounts.c
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SealPlainRows:
    """The first work of `idp keys rotate-data`, once every node runs a release that reads sealed rows."""

    accounts: Accounts
    name = "accounts in plain"

    def batch(self, after: Sequence[Any] | None) -> Batch:
        """Seal the next rows; each is one statement that empties the plain columns."""
        window = select(_account.id, _account.sub, *PLAIN_COLUMNS).where(_account.sealed_person.is_(None))
        if after is not None:
            window = window.where(_account.id > after[0])
        done = 0
        with self.accounts.database.reading() as connection:
            rows = connection.execute(window.order_by(_account.id).limit(BATCH)).all()
            for row in rows:
                values = self.accounts.rows.values(connection, row.sub, PersonWords(*row[2:]))
                sealing = update(accounts).where(
                    _account.id == row.id,
                    _account.sealed_person.is_(None),
                    _account.plain_user_id == row.plain_user_id,
                )
                try:
                    done += connection.execute(sealing.values(**values)).rowcount
                except IntegrityError:
                    _log.error(
                        "account %s has the User ID of another account, made while two releases ran; disable one of them",
                        row.sub,
                    )
        return Batch(done, None if len(rows) < BATCH else [rows[-1].id])

    def left(self, connection: Connection) -> int:
        """Return how many rows still hold plain words."""
        query = select(func.count()).select_from(accounts).where(_account.sealed_person.is_(None))
        return connection.execute(query).scalar_one()
