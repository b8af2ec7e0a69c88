"""Register a client: check its metadata, give it an id and, where its method needs one, a secret shown once."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.registry.client import SECRET_METHODS
from idp.registry.client_secrets import ClientSecrets, new_secret
from idp.registry.clients import VERSION_NAME
from idp.registry.metadata import check_metadata
from idp.registry.metadata_fault import MetadataFault
from idp.registry.model import clients
from idp.registry.sector import CheckSector
from idp.store.database import Database
from idp.store.versions import bump

Together = Callable[[Connection, str], None]
"""What must be done for the new client (its id) or not at all: runs in the same transaction and may refuse by raising."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A new client."""

    client_id: str
    client_secret: str | None
    """Shown now and never again; None when the client authenticates without one."""
    created_at: int
    metadata: Mapping[str, object]
    """What is stored, defaults filled in."""
    unused_until: int | None
    """When it goes, and its secret with it, if nobody uses it before; None for one that stays."""


@dataclass(frozen=True)
class RegisterClient:
    """The use case."""

    database: Database
    clock: Clock
    trail: Trail
    client_secrets: ClientSecrets
    check_sector: CheckSector

    def __call__(
        self,
        metadata: Mapping[str, object],
        visitor: Visitor,
        *,
        together: Together | None = None,
        unused_seconds: int = 0,
        **details: str,
    ) -> Registered:
        """Register `metadata` (RFC 7591 names); `details` go on the trail. Raises MetadataFault, StoreUnavailable.

        The client goes after `unused_seconds` without a use (`unused_clients.py`); 0 for never.
        """
        checked = check_metadata(metadata)
        self.check_sector(checked)
        # Hex: an id that began with a hyphen would be taken for an option at the command line.
        client_id = secrets.token_hex(16)
        method = str(checked["token_endpoint_auth_method"])
        secret = new_secret() if method in SECRET_METHODS else None
        now = self.clock.now()
        unused_until = now + unused_seconds if unused_seconds else None
        with self.database.transaction() as connection:
            try:
                connection.execute(
                    insert(clients).values(
                        client_id=client_id,
                        module=checked["module"] or None,
                        metadata=json.dumps(checked),
                        created_at=now,
                        unused_until=unused_until,
                    )
                )
            except IntegrityError as error:
                raise MetadataFault("module", f"there is no module {checked['module']}") from error
            if secret is not None:
                self.client_secrets.store(connection, client_id, secret, method, now)
            if together is not None:
                together(connection, client_id)
            bump(connection, VERSION_NAME)
            self.trail.record(connection, Event.CLIENT_CREATED, visitor, subject=f"client:{client_id}", **details)
        return Registered(client_id, secret, now, checked, unused_until)
