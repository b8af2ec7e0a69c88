"""Module accounts get a life: approved, mailed, in use, withdrawn; a module declares that its people have them (fact S13)."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.BigInteger()
_WAITING = sa.text("external_id IS NULL AND withdrawn_at IS NULL")


def upgrade() -> None:
    """Add the moments and the passwords; every id that is noted already is in use."""
    op.add_column("modules", sa.Column("own_accounts", sa.Text(), nullable=True))
    with op.batch_alter_table("module_accounts") as table:
        table.alter_column("external_id", existing_type=sa.String(length=64), nullable=True)
        table.add_column(sa.Column("id_mailed_at", _MOMENT, nullable=True))
        table.add_column(sa.Column("activated_at", _MOMENT, nullable=True))
        table.add_column(sa.Column("withdrawn_at", _MOMENT, nullable=True))
    op.execute("UPDATE module_accounts SET activated_at = created_at")
    op.create_index(
        "uq_module_accounts_waiting",
        "module_accounts",
        ["account_id", "module"],
        unique=True,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_table(
        "module_account_passwords",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("module_account_id", _ROW_ID, nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["module_account_id"],
            ["module_accounts.id"],
            name="fk_module_account_passwords_module_account_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_module_account_passwords"),
    )
    op.create_index("ix_module_account_passwords_module_account_id", "module_account_passwords", ["module_account_id"])
