"""Registration access tokens (RFC 7592 1.1): each lets its holder look after one client, its own, and no other."""

import hmac
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from idp.clock import Clock
from idp.registry.client import secret_hash
from idp.registry.client_secrets import new_secret
from idp.registry.model import registration_access_tokens
from idp.store.database import Database

_column = registration_access_tokens.c


@dataclass(frozen=True)
class RegistrationAccessTokens:
    """Makes and checks them. They do not run out and do not change: who loses an answer must not lose the client."""

    database: Database
    clock: Clock

    def make(self, connection: Connection, client_id: str) -> str:
        """Return the token of a new client, in the caller's transaction; it is shown and not kept."""
        token = new_secret()
        connection.execute(
            insert(registration_access_tokens).values(
                client_id=client_id, token_hash=secret_hash(token), created_at=self.clock.now()
            )
        )
        return token

    def is_right(self, client_id: str, token: str) -> bool:
        """Whether this is the token of this client. Raises StoreUnavailable."""
        with self.database.reading() as connection:
            kept = connection.execute(select(_column.token_hash).where(_column.client_id == client_id)).scalar()
        return kept is not None and hmac.compare_digest(kept.encode(), secret_hash(token).encode())
