"""Seals over the trail: what changes or removes an event is seen."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; what stands in the trail already is sealed in the minutes after."""
    row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "audit_seals",
        sa.Column("after_id", row_id, autoincrement=False, nullable=False),
        sa.Column("last_id", row_id, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.Column("sealed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("after_id", name="pk_audit_seals"),
        sa.UniqueConstraint("last_id", name="uq_audit_seals_last_id"),
    )
