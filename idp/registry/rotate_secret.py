"""Give a client a new secret, while the old one keeps working for a while."""

from dataclasses import dataclass

from sqlalchemy import or_, update

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.registry.client import SECRET_METHODS
from idp.registry.client_secrets import ClientSecrets, new_secret
from idp.registry.clients import VERSION_NAME, Clients
from idp.registry.model import client_secrets
from idp.store.database import Database
from idp.store.versions import bump


@dataclass(frozen=True, slots=True)
class SecretRotated:
    """The client has a new secret."""

    client_secret: str
    """Shown now and never again."""
    old_until: int
    """When the secrets before it stop working."""


@dataclass(frozen=True, slots=True)
class NoSuchClient:
    """There is no such client, or it is disabled."""


@dataclass(frozen=True, slots=True)
class HasNoSecret:
    """This client authenticates without a secret."""


@dataclass(frozen=True)
class RotateSecret:
    """The use case."""

    database: Database
    clock: Clock
    clients: Clients
    trail: Trail
    client_secrets: ClientSecrets

    def __call__(
        self, client_id: str, overlap_seconds: int, visitor: Visitor
    ) -> SecretRotated | NoSuchClient | HasNoSecret:
        """Add a secret; the ones before it work `overlap_seconds` longer. Raises StoreUnavailable."""
        client = self.clients.get(client_id)
        if client is None:
            return NoSuchClient()
        if client.token_endpoint_auth_method not in SECRET_METHODS:
            return HasNoSecret()
        secret, now = new_secret(), self.clock.now()
        old_until = now + overlap_seconds
        column = client_secrets.c
        with self.database.transaction() as connection:
            connection.execute(
                update(client_secrets)
                .where(column.client_id == client_id, or_(column.expires_at.is_(None), column.expires_at > old_until))
                .values(expires_at=old_until)
            )
            self.client_secrets.store(connection, client_id, secret, client.token_endpoint_auth_method, now)
            bump(connection, VERSION_NAME)
            self.trail.record(
                connection,
                Event.CLIENT_SECRET_ROTATED,
                visitor,
                subject=f"client:{client_id}",
                overlap_seconds=overlap_seconds,
            )
        return SecretRotated(secret, old_until)
