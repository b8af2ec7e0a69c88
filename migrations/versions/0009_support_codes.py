"""support codes: an index that finds the few events of pages that lead no further."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_DEAD_ENDS = sa.text("event = 'page:dead_end:shown'")


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_audit_events_dead_ends",
        "audit_events",
        ["request_id"],
        sqlite_where=_DEAD_ENDS,
        postgresql_where=_DEAD_ENDS,
    )
