"""Clients that anybody registered and nobody has used yet: the first use keeps them, time takes them.

Used is a client at which somebody has signed in. The others are deleted, not disabled: every worker holds all clients in memory,
and strangers may register for ever.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.registry.clients import VERSION_NAME
from idp.registry.model import client_secrets, clients, registration_access_tokens
from idp.store.database import Database
from idp.store.versions import bump

MOST = 100
_SWEEP = Visitor(actor="sweep")
_row = clients.c


def keep_used(connection: Connection, client_id: str) -> bool:
    """Note in the caller's transaction that the client is used, and stays; False when it is gone: the sweep was before."""
    kept = update(clients).where(_row.client_id == client_id).values(unused_until=None)
    if connection.execute(kept).rowcount != 1:
        return False
    bump(connection, VERSION_NAME)
    return True


@dataclass(frozen=True)
class SweepUnusedClients:
    """For housekeeping."""

    database: Database
    clock: Clock
    trail: Trail

    def __call__(self) -> int:
        """Delete some that were kept unused for long enough; return how many. Raises StoreUnavailable."""
        over = select(_row.client_id).where(_row.unused_until <= self.clock.now()).limit(MOST)
        with self.database.transaction() as connection:
            # Held until the end: a first use at this moment either came before, or finds no client.
            found = connection.execute(over.with_for_update(skip_locked=True)).scalars().all()
            if not found:
                return 0
            for table in (client_secrets, registration_access_tokens, clients):
                connection.execute(delete(table).where(table.c.client_id.in_(found)))
            bump(connection, VERSION_NAME)
            for client_id in found:
                self.trail.record(connection, Event.CLIENT_EXPIRED, _SWEEP, subject=f"client:{client_id}")
        return len(found)
