"""The tables of the trail and of its seals."""

from sqlalchemy import Column, Index, Integer, String, Table, Text, text

from idp.audit.events import Event
from idp.store.tables import Moment, RowId, metadata

_DEAD_ENDS = text(f"event = '{Event.DEAD_END_SHOWN.value}'")

audit_events = Table(
    "audit_events",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("event", String(60), nullable=False),
    # Who did it: `sub` of a person, `client:<id>`, `operator`, or "" for a stranger.
    Column("actor", String(80), nullable=False),
    # Whom or what it was done to: `sub`, client id, key id; "" when the same as the actor.
    Column("subject", String(80), nullable=False),
    Column("client_id", String(64), nullable=False),
    Column("sid", String(43), nullable=False),
    Column("address", String(45), nullable=False),
    Column("user_agent", String(200), nullable=False),
    Column("request_id", String(32), nullable=False),
    # JSON object: reasons, counts, acr; never a secret, an e-mail address or a phone number.
    Column("details", Text, nullable=False),
    Index("ix_audit_events_subject", "subject", "at"),
    Index("ix_audit_events_actor", "actor", "at"),
    # Finds a support code; small, for few events are of this kind.
    Index("ix_audit_events_dead_ends", "request_id", sqlite_where=_DEAD_ENDS, postgresql_where=_DEAD_ENDS),
)

audit_seals = Table(
    "audit_seals",
    metadata,
    # The stretch of the trail: events with ids above the one and up to the other. One seal follows on each: no fork.
    Column("after_id", RowId, primary_key=True, autoincrement=False),
    Column("last_id", RowId, nullable=False, unique=True),
    Column("events", Integer, nullable=False),
    # Keyed hash of the seal before and of every event of the stretch; the key is not in the database in clear.
    Column("seal", String(64), nullable=False),
    Column("sealed_at", Moment, nullable=False),
)
