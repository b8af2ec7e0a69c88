"""The tables of browser sessions and of what came of telling clients that one is over."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

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

sign_out_outcomes = Table(
    "sign_out_outcomes",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("sid", String(43), nullable=False),
    Column("client_id", String(64), nullable=False),
    # How the client is told: back, front (in the person's browser only), or none.
    Column("channel", String(5), nullable=False),
    # Calls of the back channel that came to nothing.
    Column("attempts", Integer, nullable=False, default=0),
    # When it said that it ended its session (back), or when the browser was sent to ask it (front).
    Column("told_at", Moment),
    Column("given_up_at", Moment),
    # When the client's own session ends by itself, as registered; null where nothing is known.
    Column("ends_by", Moment),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("sid", "client_id"),
    Index("ix_sign_out_outcomes_created_at", "created_at"),
)
