"""Seals one column anew under the present root secret, a few rows at a time, beside the traffic.

Each row is one statement that changes it only if nobody has meanwhile: no lock is held from one row to the next, two
processes at once do each row once, and a process that is killed leaves no row half done.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, LargeBinary, Row, and_, func, select, tuple_, update

from idp.sealing import GENERATION_BYTES, RootSecrets, SealBroken, generation_of
from idp.store.database import Database
from idp.store.sealed_columns import SealedColumn

BATCH = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step has done."""

    done: int
    after: list[Any] | None
    """The last row's primary key, to go on after; None at the end of the table."""


@dataclass(frozen=True)
class ResealColumn:
    """The work on one column."""

    database: Database
    secrets: RootSecrets
    of: SealedColumn

    @property
    def name(self) -> str:
        """Such as `outbox.sealed_payload`."""
        return self.of.name

    def batch(self, after: Sequence[Any] | None) -> Batch:
        """Look at the next rows in the order of the primary key, and seal anew those that an older root secret sealed."""
        column, key = self.of.column, list(self.of.table.primary_key.columns)
        # Whole windows of rows, old and new: how long a step takes does not depend on how far the work has come.
        window = select(self.of.table).where(self._counts()).order_by(*key).limit(BATCH)
        if after is not None:
            window = window.where(tuple_(*key) > tuple_(*after))
        done = 0
        with self.database.reading() as connection:
            rows = connection.execute(window).all()
            for row in rows:
                if generation_of(row._mapping[column]) < self.secrets.current:
                    done += self._reseal(connection, row)
        if len(rows) < BATCH:
            return Batch(done, None)
        return Batch(done, [rows[-1]._mapping[part] for part in key])

    def left(self, connection: Connection) -> int:
        """Return how many rows an older root secret has sealed."""
        generation = func.substr(self.of.column, 1, GENERATION_BYTES, type_=LargeBinary)
        is_older = generation < self.secrets.current.to_bytes(GENERATION_BYTES, "big")
        query = select(func.count()).select_from(self.of.table).where(self._counts(), is_older)
        return connection.execute(query).scalar_one()

    def _counts(self) -> Any:
        is_there = self.of.column.is_not(None)
        if self.of.only_with is None:
            return is_there
        return and_(is_there, self.of.table.c[self.of.only_with].is_not(None))

    def _reseal(self, connection: Connection, row: Row[Any]) -> int:
        column, values = self.of.column, row._mapping
        place = self.of.place.format_map({part.name: values[part] for part in self.of.table.columns})
        key = [part == values[part] for part in self.of.table.primary_key.columns]
        try:
            plain = self.secrets.open(self.of.purpose, values[column], place)
        except SealBroken as error:
            _log.error("%s cannot be sealed anew: %s", self.name, error)
            return 0
        anew = update(self.of.table).where(*key, column == values[column])
        return connection.execute(anew.values({column: self.secrets.seal(self.of.purpose, plain, place)})).rowcount
