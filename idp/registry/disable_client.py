"""Disable a client: from the next second on it can neither ask for a sign-in nor use a token endpoint."""

from dataclasses import dataclass

from sqlalchemy import update

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.registry.clients import VERSION_NAME
from idp.registry.model import clients
from idp.store.database import Database
from idp.store.versions import bump


@dataclass(frozen=True)
class DisableClient:
    """The use case."""

    database: Database
    clock: Clock
    trail: Trail

    def __call__(self, client_id: str, visitor: Visitor) -> bool:
        """Disable the client; False when there is none or it is disabled already. Raises StoreUnavailable."""
        with self.database.transaction() as connection:
            won = connection.execute(
                update(clients)
                .where(clients.c.client_id == client_id, clients.c.disabled_at.is_(None))
                .values(disabled_at=self.clock.now())
                .returning(clients.c.client_id)
            ).first()
            if won is None:
                return False
            bump(connection, VERSION_NAME)
            self.trail.record(connection, Event.CLIENT_DISABLED, visitor, subject=f"client:{client_id}")
        return True
