"""Clients that registered themselves go when nobody ever uses them: until when each is kept so."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment; clients of before stay."""
    op.add_column("clients", sa.Column("unused_until", sa.BigInteger(), nullable=True))
    op.create_index("ix_clients_unused_until", "clients", ["unused_until"])
