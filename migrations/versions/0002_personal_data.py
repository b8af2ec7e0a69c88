"""Personal data sealed, what to look it up by, and from when an account's quiet days count.

Expands only: the plain columns stay and may be empty, so the release before goes on working beside this one. `idp keys
rotate-data` empties them when every node runs this release.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_MOMENT = sa.BigInteger()
_PLAIN = (("user_id", 254), ("given_name", 100), ("family_name", 100))


def upgrade() -> None:
    """Add the columns and tables; move no row."""
    op.create_table(
        "data_keys",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_data_keys"),
    )
    op.create_table(
        "data_rotations",
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("turn_until", _MOMENT, nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("generation", name="pk_data_rotations"),
    )
    if op.get_bind().dialect.name == "sqlite":
        # The rows move to a new table here: what they leave behind in the file must not tell names.
        op.execute("PRAGMA secure_delete = ON")
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(sa.Column("sealed_person", sa.LargeBinary(), nullable=True))
        accounts.add_column(sa.Column("user_id_index", sa.String(length=43), nullable=True))
        accounts.add_column(sa.Column("quiet_since", _MOMENT, nullable=True))
        accounts.add_column(sa.Column("quiet_warnings", sa.Integer(), server_default="0", nullable=False))
        accounts.add_column(sa.Column("quiet_warned_at", _MOMENT, nullable=True))
        accounts.create_unique_constraint("uq_accounts_user_id_index", ["user_id_index"])
        for name, length in _PLAIN:
            accounts.alter_column(name, existing_type=sa.String(length=length), nullable=True)
    is_open = sa.text("disabled_at IS NULL")
    op.create_index(
        "ix_accounts_quiet_since", "accounts", ["quiet_since"], sqlite_where=is_open, postgresql_where=is_open
    )
