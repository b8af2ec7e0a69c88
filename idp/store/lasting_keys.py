"""Keys that stay the same while root secrets come and go: random, made once, and kept sealed in the database.

What is looked up by a keyed hash needs one: under two generations at once, neither a unique constraint nor a look-up would
see that two hashes are of one value. A new root secret seals the key anew; the key, and every hash made with it, stays.
"""

import secrets as chance
from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.sealing import RootSecrets, keyed_hash
from idp.store.database import in_transaction
from idp.store.model import DATA_KEY, data_keys
from idp.store.prepared import Prepared

_FIND = Prepared(select(data_keys.c.sealed_key).where(data_keys.c.name == bindparam("name")))
_MAKE: Mapping[str, Prepared] = {
    dialect: Prepared(
        insert(data_keys)
        .values(name=bindparam("name"), sealed_key=bindparam("sealed_key"))
        .on_conflict_do_nothing(index_elements=["name"])
    )
    for dialect, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}


class LastingKeys:
    """The store of such keys; what was read once stays in memory. Thread-safe."""

    def __init__(self, secrets: RootSecrets) -> None:
        self._secrets = secrets
        self._known: dict[str, bytes] = {}

    def mac(self, connection: Connection, name: str, *parts: str) -> bytes:
        """Return HMAC-SHA-256 over `parts` with the key `name`. Raises SealBroken when the key cannot be opened."""
        return keyed_hash(self.key(connection, name), parts)

    def key(self, connection: Connection, name: str) -> bytes:
        """Return the key `name`, made when it is asked for the first time; of many at once, one is kept."""
        if (known := self._known.get(name)) is not None:
            return known
        return self._read(connection, name) or self.keep(connection, name, chance.token_bytes(32))

    def find(self, connection: Connection, name: str) -> bytes | None:
        """Return the key `name` if there is one."""
        return self._known.get(name) or self._read(connection, name)

    def keep(self, connection: Connection, name: str, key: bytes) -> bytes:
        """Keep `key` under `name`, unless there is one already; return the one that is kept."""
        sealed = self._secrets.seal(DATA_KEY, key, _place(name))
        _MAKE[connection.dialect.name].run(connection, {"name": name, "sealed_key": sealed})
        kept = self._read(connection, name)
        if kept is None:
            raise RuntimeError(f"the key {name} was taken away while it was made")
        return kept

    def _read(self, connection: Connection, name: str) -> bytes | None:
        row = _FIND.first(connection, {"name": name})
        if row is None:
            return None
        key = self._secrets.open(DATA_KEY, row.sealed_key, _place(name))
        # A key made in a transaction, or after a savepoint, that is rolled back never was.
        if not in_transaction(connection):
            self._known[name] = key
        return key


def _place(name: str) -> str:
    return f"data_keys:{name}"
