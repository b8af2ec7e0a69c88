"""Requests for access, their modules, who decides them, and the roles that may be given."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.BigInteger()


def upgrade() -> None:
    """Make the tables."""
    _requests()
    op.create_table(
        "access_request_mails",
        sa.Column("address_index", sa.String(length=43), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("address_index", "kind", name="pk_access_request_mails"),
    )
    op.create_index("ix_access_request_mails_since", "access_request_mails", ["since"])
    op.create_table(
        "approvers",
        sa.Column("account_id", _ROW_ID, nullable=False),
        sa.Column("module", sa.String(length=40), nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_approvers_account_id"),
        sa.ForeignKeyConstraint(["module"], ["modules.name"], name="fk_approvers_module"),
        sa.PrimaryKeyConstraint("account_id", "module", name="pk_approvers"),
    )
    op.create_index("ix_approvers_module", "approvers", ["module"])
    op.create_table(
        "module_roles",
        sa.Column("module", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["module"], ["modules.name"], name="fk_module_roles_module"),
        sa.PrimaryKeyConstraint("module", "role", name="pk_module_roles"),
    )


def _requests() -> None:
    op.create_table(
        "access_requests",
        sa.Column("id", _ROW_ID, autoincrement=True, nullable=False),
        sa.Column("request_id", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("address_index", sa.String(length=43), nullable=False),
        sa.Column("open_for", sa.String(length=43), nullable=True),
        sa.Column("sealed_person", sa.LargeBinary(), nullable=False),
        sa.Column("affiliation", sa.String(length=20), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=True),
        sa.Column("account_id", _ROW_ID, nullable=True),
        sa.Column("confirm_hash", sa.String(length=64), nullable=True),
        sa.Column("confirm_until", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("confirmed_at", _MOMENT, nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_access_requests_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_access_requests"),
        sa.UniqueConstraint("request_id", name="uq_access_requests_request_id"),
        sa.UniqueConstraint("open_for", name="uq_access_requests_open_for"),
        sa.UniqueConstraint("confirm_hash", name="uq_access_requests_confirm_hash"),
    )
    op.create_index("ix_access_requests_state", "access_requests", ["state", "id"])
    op.create_index("ix_access_requests_address_index", "access_requests", ["address_index"])
    op.create_table(
        "access_request_modules",
        sa.Column("request_id", sa.String(length=16), nullable=False),
        sa.Column("module", sa.String(length=40), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["access_requests.request_id"], name="fk_access_request_modules_request_id"
        ),
        sa.ForeignKeyConstraint(["module"], ["modules.name"], name="fk_access_request_modules_module"),
        sa.PrimaryKeyConstraint("request_id", "module", name="pk_access_request_modules"),
    )
    op.create_index("ix_access_request_modules_module", "access_request_modules", ["module", "decision"])
