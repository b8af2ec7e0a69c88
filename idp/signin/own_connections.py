"""A person sees which modules and programs they are connected with, and withdraws what they agreed to (SECURITY A15)."""

from dataclasses import dataclass

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.grants.connections import Connection, Connections
from idp.grants.consents import Consents
from idp.registry.client import Client
from idp.registry.clients import Clients
from idp.signin.sessions import Session
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class OwnConnection:
    """One client, as its person sees it."""

    client: Client
    connection: Connection

    @property
    def can_withdraw(self) -> bool:
        """Whether the person was asked, and so may take it back."""
        return self.connection.agreed_at is not None


@dataclass(frozen=True)
class OwnConnections:
    """Everything here is about the account of the session that asks."""

    database: Database
    clients: Clients
    connections: Connections
    consents: Consents
    trail: Trail

    def of(self, session: Session) -> list[OwnConnection]:
        """Return the person's connections by the clients' names; one whose client is no longer registered is left out."""
        found = []
        for connection in self.connections.of(session.account.id):
            client = self.clients.get(connection.client_id)
            if client is not None:
                found.append(OwnConnection(client, connection))
        return sorted(found, key=lambda one: (one.client.name, one.client.client_id))

    def withdraw(self, session: Session, client_id: str, visitor: Visitor) -> bool:
        """Forget the consent and end what the client got on it; it asks again next time. False when there was none."""
        with self.database.transaction() as connection:
            if not self.consents.withdraw(connection, session.account.id, client_id):
                return False
            self.trail.record(
                connection,
                Event.CONSENT_WITHDRAWN,
                visitor,
                actor=session.account.sub,
                client_id=client_id,
                sid=session.sid,
            )
        return True
