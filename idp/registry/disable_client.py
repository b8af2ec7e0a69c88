"""Disable a client: it gets nothing more from the next second on, and what it has been granted ends."""

from dataclasses import dataclass

from sqlalchemy import delete, update

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.registry.clients import VERSION_NAME
from idp.registry.model import clients, registration_access_tokens
from idp.registry.update_client import EndGrants
from idp.store.database import Database
from idp.store.versions import bump


@dataclass(frozen=True)
class DisableClient:
    """The use case."""

    database: Database
    clock: Clock
    trail: Trail
    end_grants: EndGrants

    def __call__(self, client_id: str, visitor: Visitor) -> bool:
        """Disable the client; False when there is none or it is disabled already. Raises StoreUnavailable."""
        now = self.clock.now()
        with self.database.transaction() as connection:
            won = connection.execute(
                update(clients)
                .where(clients.c.client_id == client_id, clients.c.disabled_at.is_(None))
                .values(disabled_at=now)
                .returning(clients.c.client_id)
            ).first()
            if won is None:
                return False
            connection.execute(
                delete(registration_access_tokens).where(registration_access_tokens.c.client_id == client_id)
            )
            self.end_grants(connection, client_id, now)
            bump(connection, VERSION_NAME)
            self.trail.record(connection, Event.CLIENT_DISABLED, visitor, subject=f"client:{client_id}")
        return True
