"""Writes the trail, in the transaction of what it records: without its event an act does not happen (SECURITY H7)."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection, RowMapping, String, bindparam, insert, literal_column, select

from idp.audit.events import Event
from idp.audit.model import audit_events
from idp.clock import Clock
from idp.store.database import Database, after_commit
from idp.store.prepared import Prepared

USER_AGENT_LENGTH = 200
REQUEST_SPAN = 10_000
"""Events of one request stand no further apart than this in the trail: more than all workers record in half a minute."""

_RECORD = Prepared(
    insert(audit_events)
    .values({column.name: bindparam(column.name) for column in audit_events.c if column.name != "id"})
    .inline()
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request came from, as far as the trail keeps it."""

    address: str = ""
    """Client address after the trusted proxies."""
    user_agent: str = ""
    request_id: str = ""
    actor: str = ""
    """Set for operators at the command line; a person or client is named by the call that records."""
    language: str | None = None
    """Language of the page they are on, for what is sent to somebody who has not chosen one. Not kept."""
    session_cookie: str = field(default="", repr=False)
    """What the browser holds of a session, be it over or not. Not kept."""


OPERATOR = Visitor(actor="operator")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it is read back."""

    id: int
    at: int
    event: str
    actor: str
    subject: str
    client_id: str
    sid: str
    address: str
    user_agent: str
    request_id: str
    details: dict[str, object]


@dataclass(frozen=True)
class Trail:
    """The audit trail."""

    database: Database
    clock: Clock
    watch: Callable[[Event], None] | None = None
    """Told of each event once it is committed (metrics)."""

    def record(
        self,
        connection: Connection,
        event: Event,
        visitor: Visitor,
        *,
        actor: str = "",
        subject: str = "",
        client_id: str = "",
        sid: str = "",
        **details: str | int | bool | list[str] | None,
    ) -> None:
        """Add one event in the caller's transaction.

        `actor` and `subject` are a `sub`, `client:<id>`, a key id or `operator`; `details` hold reasons and numbers, and
        never a secret, an e-mail address or a phone number.
        """
        _RECORD.run(
            connection,
            {
                "at": self.clock.now(),
                "event": event.value,
                "actor": actor or visitor.actor,
                "subject": subject,
                "client_id": client_id,
                "sid": sid,
                "address": visitor.address,
                "user_agent": visitor.user_agent[:USER_AGENT_LENGTH],
                "request_id": visitor.request_id,
                "details": json.dumps(details, separators=(",", ":")),
            },
        )
        if watch := self.watch:
            after_commit(connection, lambda: watch(event))

    def newest(self, *, most: int = 100, event: str = "", about: str = "") -> list[Entry]:
        """Return up to `most` entries, newest first; `about` matches actor or subject, `event` the start of the name."""
        table = audit_events.c
        query = select(audit_events).order_by(table.id.desc()).limit(most)
        if event:
            query = query.where(table.event.startswith(event, autoescape=True))
        if about:
            query = query.where((table.actor == about) | (table.subject == about))
        with self.database.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [entry_of(row) for row in rows]

    def of_request(self, id_prefix: str, *, most: int = 100) -> list[Entry]:
        """Return what happened in the newest requests whose id begins so and that ended on a dead end, newest first."""
        table = audit_events.c
        # Written out, not bound: else SQLite does not see that the partial index answers this.
        ended = literal_column(f"'{Event.DEAD_END_SHOWN.value}'", String)
        query = (
            select(table.id, table.request_id)
            # Ids are hexadecimal, so "g" stands behind every one that begins with the prefix.
            .where(table.event == ended, table.request_id >= id_prefix, table.request_id < id_prefix + "g")
            .order_by(table.id.desc())
            .limit(most)
        )
        found: list[Entry] = []
        with self.database.reading() as connection:
            for shown in connection.execute(query).all():
                near = table.id.between(shown.id - REQUEST_SPAN, shown.id + REQUEST_SPAN)
                same = select(audit_events).where(near, table.request_id == shown.request_id).order_by(table.id.desc())
                found += [entry_of(row) for row in connection.execute(same).mappings().all()]
                if len(found) >= most:
                    break
        return found[:most]


def entry_of(row: RowMapping) -> Entry:
    """Return the event that a row holds."""
    return Entry(**{**row, "details": json.loads(row["details"])})
