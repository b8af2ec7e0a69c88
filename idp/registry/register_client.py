"""Register a client: check its metadata, give it an id and, where its method needs one, a secret shown once."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.registry.client import SECRET_METHODS, secret_hash
from idp.registry.clients import VERSION_NAME
from idp.registry.metadata import check_metadata
from idp.registry.metadata_fault import MetadataFault
from idp.registry.model import client_secrets, clients
from idp.store.database import Database
from idp.store.versions import bump

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Registered:
    """A new client."""

    client_id: str
    client_secret: str | None
    """Shown now and never again; None when the client authenticates without one."""


@dataclass(frozen=True)
class RegisterClient:
    """The use case."""

    database: Database
    clock: Clock
    trail: Trail

    def __call__(self, metadata: Mapping[str, object], visitor: Visitor) -> Registered:
        """Register `metadata` (RFC 7591 names). Raises MetadataFault, StoreUnavailable."""
        checked = check_metadata(metadata)
        # Hex: an id that began with a hyphen would be taken for an option at the command line.
        client_id = secrets.token_hex(16)
        secret = new_secret() if checked["token_endpoint_auth_method"] in SECRET_METHODS else None
        now = self.clock.now()
        with self.database.transaction() as connection:
            try:
                connection.execute(
                    insert(clients).values(
                        client_id=client_id,
                        module=checked["module"] or None,
                        metadata=json.dumps(checked),
                        created_at=now,
                    )
                )
            except IntegrityError as error:
                raise MetadataFault("module", f"there is no module {checked['module']}") from error
            if secret is not None:
                store_secret(connection, client_id, secret, now)
            bump(connection, VERSION_NAME)
            self.trail.record(connection, Event.CLIENT_CREATED, visitor, subject=f"client:{client_id}")
        return Registered(client_id, secret)


def new_secret() -> str:
    """Return a client secret of 256 bits (SECURITY A6)."""
    return secrets.token_urlsafe(SECRET_BYTES)


def store_secret(connection: Connection, client_id: str, secret: str, now: int) -> None:
    """Keep the hash of a new secret in the caller's transaction."""
    connection.execute(
        insert(client_secrets).values(client_id=client_id, secret_hash=secret_hash(secret), created_at=now)
    )
