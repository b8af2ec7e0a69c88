"""The tables of clients and their secrets."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from idp.store.tables import Moment, RowId, metadata

CLIENT_ID_LENGTH = 64

clients = Table(
    "clients",
    metadata,
    Column("client_id", String(CLIENT_ID_LENGTH), primary_key=True),
    # The module whose access this client needs, or null for a client of its own.
    Column("module", ForeignKey("modules.name")),
    # Validated metadata (RFC 7591 names) as JSON; `idp/registry/client.py` is its shape.
    Column("metadata", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
)

client_secrets = Table(
    "client_secrets",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("client_id", ForeignKey("clients.client_id"), nullable=False),
    # SHA-256 in hex: secrets are long and random, so a slow hash would only cost (PERFORMANCE 3).
    Column("secret_hash", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Index("ix_client_secrets_client_id", "client_id"),
)
