"""Statements of the hot path: written once by SQLAlchemy Core, then handed to the driver as they are.

Running a statement through Core costs several times what the database needs for a row by its key (PERFORMANCE). Elsewhere
Core is the right way; both ways mix in one transaction.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ClauseElement, Connection, Dialect
from sqlalchemy.exc import NoResultFound
from sqlalchemy.sql.base import Executable

from idp.store import driver

Parameters = Mapping[str, object]
_NONE: Parameters = {}


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement in the words of one dialect."""

    sql: str
    order: tuple[str, ...] | None
    """Names of the parameters in their order, where the driver wants a list."""
    constants: Parameters
    row: Callable[[Any], Any]
    """Makes a row with names of what the driver returns."""


class Prepared:
    """A Core statement whose parameters are named by `bindparam`, without lists (`IN`) in them. Thread-safe."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._written: dict[str, _Written] = {}

    def first(self, connection: Connection, parameters: Parameters = _NONE) -> Any | None:
        """Run it and return its first row, a tuple with the columns' names, or None.

        Raises what Core would raise.
        """
        written = self._written.get(connection.dialect.name) or self._write(connection.dialect)
        # All of them: SQLite keeps a statement open, and what it wrote uncommitted, until its last row is fetched.
        found = _execute(connection, written, parameters).fetchall()
        return written.row(found[0]) if found else None

    def all(self, connection: Connection, parameters: Parameters = _NONE) -> list[Any]:
        """Run it and return all its rows, each as `first` does."""
        written = self._written.get(connection.dialect.name) or self._write(connection.dialect)
        return [written.row(found) for found in _execute(connection, written, parameters).fetchall()]

    def one(self, connection: Connection, parameters: Parameters = _NONE) -> Any:
        """Do as `first` does where there is always a row. Raises NoResultFound when there is none."""
        row = self.first(connection, parameters)
        if row is None:
            raise NoResultFound
        return row

    def run(self, connection: Connection, parameters: Parameters = _NONE) -> int:
        """Run it and return how many rows it changed. Raises what Core would raise."""
        written = self._written.get(connection.dialect.name) or self._write(connection.dialect)
        changed: int = _execute(connection, written, parameters).rowcount
        return changed

    def _write(self, dialect: Dialect) -> _Written:
        compiled: Any = cast(ClauseElement, self._statement).compile(dialect=dialect)
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise ValueError("a prepared statement cannot hold a list")
        written = self._written[dialect.name] = _Written(
            sql=compiled.string,
            order=tuple(compiled.positiontup) if compiled.positional else None,
            constants={name: bind.value for name, bind in compiled.binds.items() if not bind.required},
            row=_row_maker(self._statement, dialect),
        )
        return written


def _execute(connection: Connection, written: _Written, parameters: Parameters) -> Any:
    values = {**written.constants, **parameters}
    if written.order is None:
        return driver.execute(connection, written.sql, values)
    return driver.execute(connection, written.sql, [values[name] for name in written.order])


def _row_maker(statement: Any, dialect: Dialect) -> Callable[[Any], Any]:
    columns = list(getattr(statement, "exported_columns", ()))
    names = [column.key for column in columns]
    row = namedtuple("Row", names)  # type: ignore[misc]
    processors = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    if not any(processors):
        return row._make
    return lambda found: row._make(
        value if process is None else process(value) for process, value in zip(processors, found, strict=True)
    )
