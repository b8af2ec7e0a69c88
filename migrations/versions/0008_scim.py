"""What SCIM needs: who shut an account, from when a changed number is usable, and the modules' own registrations."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.BigInteger()


def upgrade() -> None:
    """Add two columns and an index to the accounts, and the table of registrations."""
    op.add_column("accounts", sa.Column("disabled_by", sa.String(length=10), nullable=True))
    op.add_column("accounts", sa.Column("phone_usable_from", _MOMENT, nullable=True))
    op.execute("UPDATE accounts SET disabled_by = 'operator' WHERE disabled_at IS NOT NULL")
    op.create_index("ix_accounts_registered_by", "accounts", ["registered_by", "id"])
    op.create_table(
        "scim_registrations",
        sa.Column("account_id", _ROW_ID, nullable=False),
        sa.Column("module", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=128), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("modified_at", _MOMENT, nullable=False),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_scim_registrations_account_id"),
        sa.ForeignKeyConstraint(["module"], ["modules.name"], name="fk_scim_registrations_module"),
        sa.PrimaryKeyConstraint("account_id", name="pk_scim_registrations"),
        sa.UniqueConstraint("module", "external_id", name="uq_scim_registrations_module_external_id"),
    )
