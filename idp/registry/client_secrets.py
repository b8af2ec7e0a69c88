"""Secrets of clients: made, stored, read back. A hash is enough to compare; `client_secret_jwt` needs the secret itself."""

import logging
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert

from idp.registry.client import Secret, secret_hash
from idp.registry.model import SECRET_PLACE, SECRET_PURPOSE, client_secrets
from idp.sealing import RootSecrets, SealBroken

SECRET_BYTES = 32
_log = logging.getLogger(__name__)


def new_secret() -> str:
    """Return a client secret, or another token that is as hard to guess, of 256 bits (SECURITY A6)."""
    return secrets.token_urlsafe(SECRET_BYTES)


@dataclass(frozen=True)
class ClientSecrets:
    """Stores and reads them."""

    roots: RootSecrets

    def store(self, connection: Connection, client_id: str, secret: str, auth_method: str, now: int) -> None:
        """Keep a new secret in the caller's transaction: its hash, and sealed for `client_secret_jwt` alone."""
        digest = secret_hash(secret)
        kept = self.roots.seal(SECRET_PURPOSE, secret.encode(), _place(digest))
        connection.execute(
            insert(client_secrets).values(
                client_id=client_id,
                secret_hash=digest,
                sealed_secret=kept if auth_method == "client_secret_jwt" else None,
                created_at=now,
            )
        )

    def read(self, row: Row[Any]) -> Secret:
        """Return the secret of a row of `client_secrets`."""
        if row.sealed_secret is None:
            return Secret(row.secret_hash, row.expires_at)
        try:
            key = self.roots.open(SECRET_PURPOSE, row.sealed_secret, _place(row.secret_hash))
        except SealBroken:
            # One client cannot authenticate; all others must not fall with it.
            _log.exception("the secret of client %s cannot be opened: give it a new one", row.client_id)
            return Secret(row.secret_hash, row.expires_at)
        return Secret(row.secret_hash, row.expires_at, key)


def _place(digest: str) -> str:
    return SECRET_PLACE.format(secret_hash=digest)
