"""The tables of challenges (passcodes we sent) and of enrolled authenticator apps."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from idp.store.tables import Moment, RowId, metadata

challenges = Table(
    "challenges",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("interaction_id", String(64), nullable=False),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("channel", String(10), nullable=False),
    # A keyed hash bound to interaction, account and channel; the code itself is only in the sealed outbox row.
    Column("code_hash", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("consumed_at", Moment),
    Column("superseded_at", Moment),
    Index("ix_challenges_interaction_id", "interaction_id"),
    Index("ix_challenges_account_id", "account_id", "created_at"),
)

authenticator_apps = Table(
    "authenticator_apps",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    # The last time step that was accepted: a code never works twice (RFC 6238 5.2).
    Column("last_step", Integer),
    Index("ix_authenticator_apps_account_id", "account_id"),
)
