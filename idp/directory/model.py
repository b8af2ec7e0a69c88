"""The table that says who employees are at their upstream."""

from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint

from idp.store.tables import Moment, RowId, metadata

upstream_links = Table(
    "upstream_links",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("issuer", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("created_at", Moment, nullable=False),
    # One person there is one account here, and the other way round, until an operator says otherwise.
    UniqueConstraint("issuer", "subject"),
    UniqueConstraint("issuer", "account_id"),
)
