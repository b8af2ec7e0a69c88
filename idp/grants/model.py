"""The tables of grants and consents.

A grant is one redeemed authorization code and everything issued from it. Its row is born by the redemption itself:
`code_hash` is unique, so of many redemptions at once one insert wins, and a later replay finds what to revoke.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from idp.store.tables import Moment, RowId, metadata

grants = Table(
    "grants",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("client_id", String(64), nullable=False),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("sid", String(43), nullable=False),
    # Scope, acr, amr, auth_time and requested claims: JSON (`idp/grants/terms.py`).
    Column("terms", Text, nullable=False),
    # SHA-256 of the two halves of the newest refresh token: the half that names the family and the half that is spent.
    Column("refresh_family", String(64), unique=True),
    Column("refresh_hash", String(64)),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Index("ix_grants_sid", "sid"),
    Index("ix_grants_account_id", "account_id"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("client_id", String(64), nullable=False),
    Column("scope", Text, nullable=False),
    Column("given_at", Moment, nullable=False),
    Index("uq_consents_account_id_client_id", "account_id", "client_id", unique=True),
)

revoked_tokens = Table(
    "revoked_tokens",
    metadata,
    Column("jti", String(43), primary_key=True),
    Column("expires_at", Moment, nullable=False),
    Index("ix_revoked_tokens_expires_at", "expires_at"),
)

device_authorizations = Table(
    "device_authorizations",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # SHA-256 of the device code, which has 256 bits; a keyed hash of the user code, which has 34.
    Column("device_code_hash", String(64), nullable=False, unique=True),
    Column("user_code_hash", String(64), nullable=False, unique=True),
    Column("client_id", String(64), nullable=False),
    # What the device asked for: JSON (`idp/grants/device_terms.py`).
    Column("terms", Text, nullable=False),
    # `pending`, `approved` or `denied` (`idp/grants/device_authorizations.py`).
    Column("status", String(10), nullable=False),
    Column("interval_seconds", Integer, nullable=False),
    Column("polled_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("decided_at", Moment),
    # Who approved, in which session, and what was granted: as an authorization code stands for it.
    Column("account_id", ForeignKey("accounts.id")),
    Column("sid", String(43)),
    Column("session_expires_at", Moment),
    Column("granted", Text),
    Index("ix_device_authorizations_expires_at", "expires_at"),
)
