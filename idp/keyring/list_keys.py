"""Lists signing keys with their states, for operators."""

from dataclasses import dataclass

from idp.clock import Clock
from idp.keyring.records import read_records
from idp.keyring.states import Standing, standings
from idp.settings import Keys
from idp.store.database import Database


@dataclass(frozen=True)
class ListKeys:
    """Reads the ring without opening any private part."""

    database: Database
    clock: Clock
    settings: Keys

    def all(self) -> list[Standing]:
        """Return every key with its state now, by algorithm, oldest first."""
        with self.database.reading() as connection:
            return standings(read_records(connection), self.clock.now(), self.settings.retire_seconds)
