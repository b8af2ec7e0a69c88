"""The table of the outbox: written in the transaction of the cause, emptied by the worker."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from idp.store.sealed_columns import sealed
from idp.store.tables import Moment, RowId, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # Stable over retries, so that a receiver can drop a second copy.
    Column("message_id", String(64), nullable=False, unique=True),
    Column("channel", String(20), nullable=False),
    Column("name", String(60), nullable=False),
    # Destination and fields, sealed: a passcode or temporary password stands only here. Wiped
    # when sent or expired; kept until it expires when refused, so that an operator can have it tried again.
    Column("sealed_payload", LargeBinary, info=sealed("outbox", "outbox:{message_id}")),
    Column("created_at", Moment, nullable=False),
    # Never sent after this moment: a late passcode helps nobody.
    Column("expires_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_attempt_at", Moment, nullable=False),
    Column("claimed_by", String(32)),
    # sent, expired or failed; null while waiting.
    Column("outcome", String(10)),
    Column("settled_at", Moment),
    Column("last_error", String(200)),
    Index("ix_outbox_next_attempt_at", "outcome", "next_attempt_at"),
)
