"""Keys of keyed hashes that outlive their root secret: kept sealed while anything is still hashed with them.

A sealed value can be sealed anew; a hash cannot be made anew without what was hashed, which only its owner knows. So before
a root secret goes, the keys derived from it for such hashes are kept, each for its one purpose.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, delete, func, select

from idp.sealing import RootSecrets
from idp.store.database import Database
from idp.store.lasting_keys import LastingKeys
from idp.store.model import data_keys
from idp.store.sealed_columns import hashed_columns

KNOWN_DEVICE = "known-device"
"""Purpose of the marks that browsers carry: no row tells how many there are, so the key of one generation back is kept."""


@dataclass(frozen=True)
class KeptKeys:
    """Keeps, finds and forgets them."""

    database: Database
    secrets: RootSecrets
    keys: LastingKeys

    def find(self, purpose: str, generation: int) -> bytes | None:
        """Return the key of `RootSecrets.mac` for a generation that is gone, or None when none was kept."""
        with self.database.reading() as connection:
            return self.keys.find(connection, _name(purpose, generation))

    def keep_needed(self) -> int:
        """Keep each key that a hash still needs, and forget those that none does; return how many were kept or forgotten."""
        needed = {(KNOWN_DEVICE, self.secrets.current - 1)}
        with self.database.reading() as connection:
            for column, purpose in hashed_columns():
                needed |= {(purpose, generation) for generation in self._in_use(connection, column)}
            there = set(
                connection.execute(select(data_keys.c.name).where(data_keys.c.name.startswith("mac:"))).scalars()
            )
            changed = 0
            for purpose, generation in needed:
                if _name(purpose, generation) not in there and generation in self.secrets.generations:
                    self.keys.keep(connection, _name(purpose, generation), self.secrets.mac_key(purpose, generation))
                    changed += 1
            for name in there - {_name(purpose, generation) for purpose, generation in needed}:
                changed += connection.execute(delete(data_keys).where(data_keys.c.name == name)).rowcount
        return changed

    def waiting(self, connection: Connection) -> dict[str, int]:
        """Return how many hashes of each column were made with an older root secret: they are made anew by their owners."""
        found = {}
        for column, _ in hashed_columns():
            older = [column.startswith(f"{generation}$") for generation in range(1, self.secrets.current)]
            count = sum(connection.execute(select(func.count()).where(old)).scalar_one() for old in older)
            if count:
                found[f"{column.table.name}.{column.name}"] = count
        return found

    def _in_use(self, connection: Connection, column: Column[Any]) -> list[int]:
        return [
            generation
            for generation in range(1, self.secrets.current)
            if connection.execute(select(column).where(column.startswith(f"{generation}$")).limit(1)).first()
            is not None
        ]


def _name(purpose: str, generation: int) -> str:
    return f"mac:{generation}:{purpose}"
