"""Security notices, the addresses in their mails that say "this was not me", and since when browsers are known."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.BigInteger()


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "notices",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("account_id", _ROW_ID, nullable=False),
        sa.Column("change", sa.String(length=30), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("seal_place", sa.String(length=32), nullable=False),
        sa.Column("sealed_more", sa.LargeBinary(), nullable=True),
        sa.Column("told_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_notices_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_account_id_told_at", "notices", ["account_id", "told_at"])
    op.create_index("ix_notices_at", "notices", ["at"])
    op.create_table(
        "not_me_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", _ROW_ID, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_not_me_links_account_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_not_me_links"),
    )
    op.create_index("ix_not_me_links_expires_at", "not_me_links", ["expires_at"])
    op.create_table(
        "forgotten_devices",
        sa.Column("account_id", _ROW_ID, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_forgotten_devices_account_id"),
        sa.PrimaryKeyConstraint("account_id", name="pk_forgotten_devices"),
    )
