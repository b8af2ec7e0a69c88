"""What `/readyz` looks at: the database with its tables, keys that sign, and Redis where there is one."""

from idp.keyring.keyring import Keyring, NoActiveKey
from idp.keyring.make_key import NEEDED_ALGORITHMS, KeyFault
from idp.store.database import Database, StoreUnavailable
from idp.store.ephemeral import EphemeralStore
from idp.store.revision import pending
from idp.store.sql_store import SqlStore
from idp.web.health import Health


def readiness(database: Database, ephemeral: EphemeralStore, keyring: Keyring) -> Health:
    """Return the health of a provider; its root secrets were loaded, or it would not have been built."""

    def tables() -> str:
        try:
            return "migrations are missing" if pending(database) else ""
        except StoreUnavailable:
            return "does not answer"

    def keys() -> str:
        try:
            for alg in NEEDED_ALGORITHMS:
                keyring.signing_key(alg)
        except NoActiveKey:
            return "none signs"
        except (StoreUnavailable, KeyFault):
            return "cannot be read"
        return ""

    def redis() -> str:
        try:
            ephemeral.get("health:none")
        except StoreUnavailable:
            return "does not answer"
        return ""

    helpful = {} if isinstance(ephemeral, SqlStore) else {"redis": redis}
    return Health({"database": tables, "keys": keys}, helpful)
