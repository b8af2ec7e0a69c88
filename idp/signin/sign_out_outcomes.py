"""What came of telling each client that a session is over: kept from the sign-out on, and shown to who signed out.

A row is born with the end of its session. What a client answered is known of the back channel only: a frame in the browser
says nothing back.
"""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from idp.clock import Clock
from idp.registry.client import Client
from idp.registry.clients import Clients
from idp.signin.model import sign_out_outcomes
from idp.store.database import Database

KEEP_SECONDS = 30 * 86_400
"""How long an outcome is kept for operators."""
SWEEP_MOST = 1_000

State = Literal["told", "asked", "waiting", "late", "given_up", "not_told"]
"""Told: it answered that it ended its session. Asked: by a frame in the browser, which says nothing back. Waiting: the first
call is on its way. Late: it has not answered yet, and is called again. Given up: it did not answer for an hour. Not told: it
has registered no way.
"""

_row = sign_out_outcomes.c


@dataclass(frozen=True, slots=True)
class Outcome:
    """One client of a session that is over."""

    client_name: str
    state: State
    ends_by: int | None
    """When the client's own session ends by itself; None where nothing is known."""


@dataclass(frozen=True)
class SignOutOutcomes:
    """The rows. Verbs take part in the caller's transaction."""

    database: Database
    clients: Clients
    clock: Clock

    def begin(self, connection: Connection, sid: str, client: Client) -> None:
        """Note that a client of a session that ends now is to be told."""
        now = self.clock.now()
        channel = "back" if client.backchannel_logout_uri else "front" if client.frontchannel_logout_uri else "none"
        connection.execute(
            insert(sign_out_outcomes).values(
                sid=sid,
                client_id=client.client_id,
                channel=channel,
                attempts=0,
                ends_by=None if client.session_seconds is None else now + client.session_seconds,
                created_at=now,
            )
        )

    def clients_of(self, connection: Connection, sid: str) -> list[Client]:
        """Return the clients of a session that has ended, but those that are disabled or gone since."""
        query = select(_row.client_id).where(_row.sid == sid).order_by(_row.id)
        found = (self.clients.get(client_id) for client_id in connection.execute(query).scalars().all())
        return [client for client in found if client is not None]

    def note_asked(self, connection: Connection, sid: str) -> None:
        """Note that the browser at hand asks the clients that can be told there only."""
        self._change(connection, sid, _row.channel == "front", told_at=self.clock.now())

    def note_told(self, connection: Connection, sid: str, client_id: str) -> None:
        """Note that a client answered."""
        self._change(connection, sid, _row.client_id == client_id, told_at=self.clock.now(), given_up_at=None)

    def note_missed(self, connection: Connection, sid: str, client_id: str) -> int | None:
        """Count a call that came to nothing; return how many did, None when the session ended before calls were counted."""
        changed = connection.execute(
            update(sign_out_outcomes)
            .where(_row.sid == sid, _row.client_id == client_id)
            .values(attempts=_row.attempts + 1)
            .returning(_row.attempts)
        ).first()
        return None if changed is None else changed.attempts

    def note_given_up(self, connection: Connection, sid: str, client_id: str) -> None:
        """Note that a client is not called any more."""
        self._change(connection, sid, _row.client_id == client_id, given_up_at=self.clock.now())

    def of(self, sid: str) -> list[Outcome]:
        """Return the outcomes of a session that has ended, by name of the client; those that are gone are left out."""
        query = select(sign_out_outcomes).where(_row.sid == sid)
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        named = [(self.clients.get(row.client_id), row) for row in rows]
        found = [
            Outcome(client.name, _state(row.channel, row.attempts, row.told_at, row.given_up_at), row.ends_by)
            for client, row in named
            if client is not None
        ]
        return sorted(found, key=lambda outcome: outcome.client_name.casefold())

    def sweep(self) -> int:
        """Delete some of what is older than anybody asks for; return how many rows went. Raises StoreUnavailable."""
        old = select(_row.id).where(_row.created_at < self.clock.now() - KEEP_SECONDS).limit(SWEEP_MOST)
        with self.database.transaction() as connection:
            return connection.execute(delete(sign_out_outcomes).where(_row.id.in_(old))).rowcount

    def _change(self, connection: Connection, sid: str, which: ColumnElement[bool], **values: int | None) -> None:
        connection.execute(update(sign_out_outcomes).where(_row.sid == sid, which).values(**values))


def _state(channel: str, attempts: int, told_at: int | None, given_up_at: int | None) -> State:
    if channel == "back":
        if told_at is not None:
            return "told"
        if given_up_at is not None:
            return "given_up"
        return "late" if attempts else "waiting"
    return "asked" if channel == "front" and told_at is not None else "not_told"
