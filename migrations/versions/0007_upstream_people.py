"""Whom employees are at their upstream OpenID provider."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.BigInteger()


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "upstream_links",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("account_id", _ROW_ID, nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_upstream_links_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_upstream_links"),
        sa.UniqueConstraint("issuer", "subject", name="uq_upstream_links_issuer_subject"),
        sa.UniqueConstraint("issuer", "account_id", name="uq_upstream_links_issuer_account_id"),
    )
