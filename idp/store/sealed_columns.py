"""Which columns depend on a root secret, sealed with it or hashed with it: said at the column itself, found by the tables.

`idp keys rotate-data` seals all of the first anew and keeps what the second need; a table joins in by the `info` of its
column and nothing else.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table

from idp.store.tables import metadata

PERSONAL = "personal-data"
"""Purpose of the root secrets under which people's words are sealed."""

_SEALED = "sealed"
_HASHED = "hashed"


@dataclass(frozen=True, slots=True)
class _Sealed:
    purpose: str
    place: str
    only_with: str | None


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One column of sealed bytes."""

    column: Column[Any]
    purpose: str
    place: str
    """Names columns of the same table in braces."""
    only_with: str | None

    @property
    def table(self) -> Table:
        """The table that it is in."""
        return self.column.table

    @property
    def name(self) -> str:
        """Such as `outbox.sealed_payload`."""
        return f"{self.table.name}.{self.column.name}"


def sealed(purpose: str, place: str, *, only_with: str | None = None) -> dict[str, Any]:
    """Return the `info` of a column that `RootSecrets.seal(purpose, …, place)` fills.

    `place` names columns of the same table in braces. Rows in which the column `only_with` is null are sealed to a place
    that the row does not tell; they live shortly and are passed over.
    """
    return {_SEALED: _Sealed(purpose, place, only_with)}


def sealed_person(table: str, row: str) -> dict[str, Any]:
    """Return the `info` of a column that `PersonalData.seal(table, row, …)` fills; `row` such as `{sub}`."""
    return sealed(PERSONAL, person_place(table, row))


def hashed(purpose: str) -> dict[str, str]:
    """Return the `info` of a column of texts `<generation>$…`, hashed with `RootSecrets.mac(purpose, …)`."""
    return {_HASHED: purpose}


def person_place(table: str, row: str) -> str:
    """Return what the words of one row are bound to."""
    return f"{table}:{row}:person"


def sealed_columns() -> list[SealedColumn]:
    """Return every sealed column of the house, in the order of the tables' names."""
    return [
        SealedColumn(column, how.purpose, how.place, how.only_with)
        for column in _columns()
        if (how := column.info.get(_SEALED)) is not None
    ]


def hashed_columns() -> list[tuple[Column[Any], str]]:
    """Return every column of keyed hashes with the purpose of its key."""
    return [(column, column.info[_HASHED]) for column in _columns() if _HASHED in column.info]


def _columns() -> list[Column[Any]]:
    tables = sorted(metadata.tables.values(), key=lambda table: table.name)
    return [column for table in tables for column in table.columns]
