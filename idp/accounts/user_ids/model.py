"""The tables of changes of the User ID."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table

from idp.store.sealed_columns import sealed_person
from idp.store.tables import Moment, RowId, metadata

user_id_changes = Table(
    "user_id_changes",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    # Names this row inside its seal.
    Column("change_id", String(32), nullable=False, unique=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    # The new address, and what an address is counted by.
    Column("sealed_new", LargeBinary, nullable=False, info=sealed_person("user_id_changes", "{change_id}")),
    Column("new_index", String(43), nullable=False),
    # `person`, `module` or `operator`.
    Column("started_by", String(10), nullable=False),
    # The one session that may finish what a person started.
    Column("sid", String(43)),
    # SHA-256 of the token in the mail to the new address, where somebody else started it.
    Column("token_hash", String(64), unique=True),
    Column("created_at", Moment, nullable=False),
    # Until then the new address must show itself.
    Column("confirm_until", Moment, nullable=False),
    # Whoever reads the new address has confirmed, without a sign-in: it takes effect by itself then.
    Column("effective_at", Moment),
    Column("ended_at", Moment),
    # An `Outcome`.
    Column("outcome", String(10)),
    Index("ix_user_id_changes_account_id", "account_id", "created_at"),
    Index("ix_user_id_changes_new_index", "new_index", "created_at"),
    Index("ix_user_id_changes_effective_at", "effective_at"),
    Index("ix_user_id_changes_created_at", "created_at"),
)

former_user_ids = Table(
    "former_user_ids",
    metadata,
    # Keyed index of an address that was somebody's User ID: nobody else's account gets it.
    Column("user_id_index", String(43), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("given_up_at", Moment, nullable=False),
)
