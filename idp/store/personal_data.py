"""People's words at rest (SECURITY H3): sealed in one piece for each row, and found again by a keyed hash.

A copy of the database, or a sealed value moved to another row, tells and opens nothing without the root secret.
"""

import json
from collections.abc import Mapping

from sqlalchemy import Connection

from idp.base64url import base64url
from idp.sealing import RootSecrets
from idp.store.lasting_keys import LastingKeys
from idp.store.sealed_columns import PERSONAL, person_place

BLOCK = 64
"""Sealed words fill whole blocks, so that the length of a row's bytes hardly tells the length of a name."""


class PersonalData:
    """Seals and opens the words of a row and makes the index to find it by. Thread-safe.

    `row` is what names the row before it is inserted and ever after, such as a `sub`; the number that the database counts
    is not known then.
    """

    def __init__(self, secrets: RootSecrets, keys: LastingKeys | None = None) -> None:
        self._secrets = secrets
        self._keys = keys or LastingKeys(secrets)

    def seal(self, table: str, row: str, values: Mapping[str, str | None]) -> bytes:
        """Return `values` sealed, bound to this row of this table. The same values give other bytes each time."""
        plain = json.dumps(values, separators=(",", ":")).encode()
        padded = plain.ljust(-(-len(plain) // BLOCK) * BLOCK)
        return self._secrets.seal(PERSONAL, padded, person_place(table, row))

    def open(self, table: str, row: str, sealed: bytes) -> dict[str, str | None]:
        """Return what `seal` was given. Raises SealBroken."""
        values: dict[str, str | None] = json.loads(self._secrets.open(PERSONAL, sealed, person_place(table, row)))
        return values

    def index(self, connection: Connection, purpose: str, value: str) -> str:
        """Return what to look `value` up by: 43 characters, the same over all generations of the root secret.

        Equal values have equal indexes and nobody can tell the value without the key, which stands sealed in the database
        (and is made there, in the caller's transaction, for the first value of a purpose). Raises SealBroken.
        """
        return base64url(self._keys.mac(connection, f"index:{purpose}", value))
