"""Change a registered client: its metadata is replaced whole, its id stays, and its secret wherever it still fits."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, update
from sqlalchemy.exc import IntegrityError

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.registry.client import SECRET_METHODS, Client
from idp.registry.client_secrets import ClientSecrets, new_secret
from idp.registry.clients import VERSION_NAME, Clients
from idp.registry.metadata import check_metadata
from idp.registry.metadata_fault import MetadataFault
from idp.registry.model import client_secrets, clients
from idp.registry.rotate_secret import NoSuchClient
from idp.registry.sector import CheckSector
from idp.registry.stored_client import sector_of
from idp.store.database import Database
from idp.store.versions import bump

EndGrants = Callable[[Connection, str, int], int]
"""Ends every grant of a client (id, now), in the caller's transaction."""


@dataclass(frozen=True, slots=True)
class ClientUpdated:
    """The client was changed."""

    client_secret: str | None
    """A new one, where the one before (or none) does not do for the new method; shown now and never again."""
    metadata: Mapping[str, object]
    """What is stored, defaults filled in."""


@dataclass(frozen=True)
class UpdateClient:
    """The use case."""

    database: Database
    clock: Clock
    clients: Clients
    trail: Trail
    client_secrets: ClientSecrets
    check_sector: CheckSector
    end_grants: EndGrants

    def __call__(
        self,
        client_id: str,
        metadata: Mapping[str, object],
        visitor: Visitor,
        *,
        instead_of: Mapping[str, object] | None = None,
        is_adopted: bool = False,
    ) -> ClientUpdated | NoSuchClient:
        """Put `metadata` in the place of what is registered. Raises MetadataFault, StoreUnavailable.

        `instead_of` is what was registered when `metadata` was made of it: when that is so no more, nothing changes. A
        client may take seconds over its own change, and must not undo what an operator decided meanwhile. `is_adopted` is
        said by operators: what they look after stays, though nobody has used it yet.
        """
        checked = check_metadata(metadata)
        self.check_sector(checked)
        now = self.clock.now()
        with self.database.transaction() as connection:
            client = self.clients.read(client_id, connection)
            if client is None:
                return NoSuchClient()
            if instead_of is not None and client.metadata != instead_of:
                raise MetadataFault("client_id", "was changed at the same moment: read it, and try again")
            changed: dict[str, object] = {"module": checked["module"] or None, "metadata": json.dumps(checked)}
            if is_adopted:
                changed["unused_until"] = None
            try:
                written = connection.execute(update(clients).where(clients.c.client_id == client_id).values(changed))
            except IntegrityError as error:
                raise MetadataFault("module", f"there is no module {checked['module']}") from error
            if written.rowcount != 1:
                # Swept at this moment, for nobody had used it.
                return NoSuchClient()
            secret = self._fit_secret(connection, client, str(checked["token_endpoint_auth_method"]), now)
            if sector_of(checked) != client.sector:
                # A refreshed ID Token must name the person as the first one did (OIDC Core 12.2): begin anew.
                self.end_grants(connection, client_id, now)
            bump(connection, VERSION_NAME)
            self.trail.record(
                connection,
                Event.CLIENT_UPDATED,
                visitor,
                subject=f"client:{client_id}",
                fields=sorted(name for name in checked if checked[name] != client.metadata.get(name)),
            )
        return ClientUpdated(secret, checked)

    def _fit_secret(self, connection: Connection, client: Client, method: str, now: int) -> str | None:
        of_client = client_secrets.c.client_id == client.client_id
        before = client.token_endpoint_auth_method
        if method == before or {method, before} <= {"client_secret_basic", "client_secret_post"}:
            return None
        # A secret that went over the wire is none to sign with, and one that was kept readable is none to send.
        connection.execute(delete(client_secrets).where(of_client))
        if method not in SECRET_METHODS:
            return None
        secret = new_secret()
        self.client_secrets.store(connection, client.client_id, secret, method, now)
        return secret
