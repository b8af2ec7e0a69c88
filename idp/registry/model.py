"""The tables of clients, their secrets, and what lets programs register and keep clients themselves."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from idp.store.sealed_columns import sealed
from idp.store.tables import Moment, RowId, metadata

CLIENT_ID_LENGTH = 64
LABEL_LENGTH = 100
SECRET_PURPOSE = "client-secret"  # noqa: S105 - what a root secret is used for
SECRET_PLACE = "client_secrets:{secret_hash}"  # noqa: S105 - where a sealed value belongs

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
    # When it goes because nobody has used it; null for one that stays.
    Column("unused_until", Moment),
    Index("ix_clients_unused_until", "unused_until"),
)

client_secrets = Table(
    "client_secrets",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("client_id", ForeignKey("clients.client_id"), nullable=False),
    # SHA-256 in hex: secrets are long and random, so a slow hash would only cost (PERFORMANCE 3).
    Column("secret_hash", String(64), nullable=False),
    # The secret itself, for client_secret_jwt alone: what is signed with it can be checked with nothing else.
    Column("sealed_secret", LargeBinary, info=sealed(SECRET_PURPOSE, SECRET_PLACE)),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Index("ix_client_secrets_client_id", "client_id"),
)

initial_access_tokens = Table(
    "initial_access_tokens",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # SHA-256 in hex of a token of 256 bits.
    Column("token_hash", String(64), nullable=False, unique=True),
    # Whom it was given to, in the operator's words.
    Column("label", String(LABEL_LENGTH), nullable=False),
    # What clients made with it may be beyond what anybody's may, as JSON (`registration_terms.py`).
    Column("terms", Text, nullable=False),
    Column("uses_left", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

registration_access_tokens = Table(
    "registration_access_tokens",
    metadata,
    # One for a client that registered itself; those that an operator registered have none.
    Column("client_id", ForeignKey("clients.client_id"), primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
)
