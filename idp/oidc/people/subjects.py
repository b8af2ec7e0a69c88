"""What a client sees as `sub` of a person (OIDC Core 8): the account's own, or one that only its sector knows.

A pairwise subject is the account's `sub` under AES-SIV (RFC 5297) with the sector as associated data: the same each time,
another one for each sector, and only the key leads back or from one sector to the next. So no table has to remember them,
and one that a client sends (a hint, a claim) tells its account, or that it was never of this sector.
"""

import base64
import binascii
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import Connection

from idp.base64url import base64url
from idp.registry.client import Client
from idp.registry.session_ids import shown_sid
from idp.store.database import Database
from idp.store.lasting_keys import LastingKeys

KEY_NAME = "pairwise-subjects"


@dataclass(frozen=True)
class Subjects:
    """Turns the one into the other. Thread-safe."""

    database: Database
    keys: LastingKeys

    def shown(self, client: Client, sub: str, connection: Connection | None = None) -> str:
        """Return the `sub` that this client sees of the account `sub`. Raises StoreUnavailable, SealBroken.

        A caller in a transaction passes its `connection`: the key may have to be made in it.
        """
        if not client.sector:
            return sub
        if connection is not None:
            key = self.keys.key(connection, KEY_NAME)
        else:
            with self.database.reading() as reading:
                key = self.keys.key(reading, KEY_NAME)
        sealed = _cipher(key).encrypt(sub.encode(), [client.sector.encode()])
        return base64url(sealed)

    def shown_sid(self, client: Client, sid: str) -> str:
        """Return the `sid` that this client sees of a session, outside of any transaction. Raises as `shown`."""
        if not client.sector:
            return sid
        with self.database.reading() as connection:
            return shown_sid(self.keys, connection, client, sid)

    def account_sub(self, client: Client, shown: str) -> str | None:
        """Return the account's `sub` behind one that this client was shown; None when it never was. Raises as `shown`.

        For a client with public subjects it is what was given: whether there is such an account is not asked here.
        """
        if not client.sector:
            return shown
        with self.database.reading() as connection:
            key = self.keys.find(connection, KEY_NAME)
        if key is None:
            return None
        try:
            sealed = base64.b64decode(shown + "=" * (-len(shown) % 4), altchars=b"-_", validate=True)
            sub = _cipher(key).decrypt(sealed, [client.sector.encode()]).decode()
        except (binascii.Error, ValueError, InvalidTag):
            return None
        # Base64 has several texts for some bytes: only the one that we gave is a subject.
        return sub if base64url(sealed) == shown else None


@lru_cache(maxsize=4)
def _cipher(key: bytes) -> AESSIV:
    return AESSIV(key)
