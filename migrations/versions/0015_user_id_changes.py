"""Changes of the User ID, and the addresses that were given up."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.BigInteger()


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "user_id_changes",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("change_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", _ROW_ID, nullable=False),
        sa.Column("sealed_new", sa.LargeBinary(), nullable=False),
        sa.Column("new_index", sa.String(length=43), nullable=False),
        sa.Column("started_by", sa.String(length=10), nullable=False),
        sa.Column("sid", sa.String(length=43), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("confirm_until", _MOMENT, nullable=False),
        sa.Column("effective_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_user_id_changes_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_user_id_changes"),
        sa.UniqueConstraint("change_id", name="uq_user_id_changes_change_id"),
        sa.UniqueConstraint("token_hash", name="uq_user_id_changes_token_hash"),
    )
    op.create_index("ix_user_id_changes_account_id", "user_id_changes", ["account_id", "created_at"])
    op.create_index("ix_user_id_changes_new_index", "user_id_changes", ["new_index", "created_at"])
    op.create_index("ix_user_id_changes_effective_at", "user_id_changes", ["effective_at"])
    op.create_index("ix_user_id_changes_created_at", "user_id_changes", ["created_at"])
    op.create_table(
        "former_user_ids",
        sa.Column("user_id_index", sa.String(length=43), nullable=False),
        sa.Column("account_id", _ROW_ID, nullable=False),
        sa.Column("given_up_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_former_user_ids_account_id"),
        sa.PrimaryKeyConstraint("user_id_index", name="pk_former_user_ids"),
    )
