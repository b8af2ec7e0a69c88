"""The table of browser sessions."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from idp.store.tables import Moment, RowId, metadata

sessions = Table(
    "sessions",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # What clients know the session by (`sid`, OIDC Back-Channel Logout 2.1); stays while the session lives.
    Column("sid", String(43), nullable=False, unique=True),
    # SHA-256 of the cookie's value, which is new at every rise in assurance.
    Column("cookie_hash", String(64), nullable=False, unique=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("acr", String(64), nullable=False),
    # Space-separated `amr` values (RFC 8176).
    Column("amr", String(100), nullable=False),
    Column("auth_time", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("address", String(45), nullable=False),
    Column("user_agent", String(200), nullable=False),
    Index("ix_sessions_account_id", "account_id"),
)
