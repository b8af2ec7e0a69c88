"""The tables of modules, of who may open them, and of people's own ids there (MMIS: the E6Code)."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from idp.store.sealed_columns import hashed
from idp.store.tables import Moment, RowId, metadata

modules = Table(
    "modules",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("title", String(100), nullable=False),
    Column("description", String(300), nullable=False),
    # Where the menu's link goes: an address of the module that starts a sign-in there.
    Column("start_url", String(500), nullable=False),
    # Whom to ask (fact S15): JSON list of {"label", "phone", "email"}.
    Column("contacts", Text, nullable=False),
    # The claim that carries the person's id in this module (MMIS: e6code); released to this module's clients only.
    Column("external_id_claim", String(40)),
    Column("menu_order", Integer, nullable=False),
    # JSON of OwnAccounts, where people have accounts of their own there (fact S13).
    Column("own_accounts", Text),
)

module_access = Table(
    "module_access",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    Column("module", ForeignKey("modules.name"), primary_key=True),
    # JSON list of role names.
    Column("roles", Text, nullable=False),
    Column("granted_at", Moment, nullable=False),
)

module_accounts = Table(
    "module_accounts",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("module", ForeignKey("modules.name"), nullable=False),
    # Empty while the module has still to give it. Rows are never deleted, so that no id is ever given to somebody else.
    Column("external_id", String(64)),
    # When it was approved; its state follows from this and the other moments (idp/modules/account_states.py).
    Column("created_at", Moment, nullable=False),
    Column("id_mailed_at", Moment),
    Column("activated_at", Moment),
    Column("withdrawn_at", Moment),
    UniqueConstraint("module", "external_id"),
    Index("ix_module_accounts_account_id", "account_id", "module"),
)

WAITS_FOR_ITS_ID = text("external_id IS NULL AND withdrawn_at IS NULL")
# At most one of somebody's accounts in a module waits for its id: two approvals at once are one.
Index(
    "uq_module_accounts_waiting",
    module_accounts.c.account_id,
    module_accounts.c.module,
    unique=True,
    sqlite_where=WAITS_FOR_ITS_ID,
    postgresql_where=WAITS_FOR_ITS_ID,
)

module_account_passwords = Table(
    "module_account_passwords",
    metadata,
    # The newest of an account is the one that works, until the account is in use.
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("module_account_id", ForeignKey("module_accounts.id"), nullable=False),
    Column("password_hash", String(255), nullable=False, info=hashed("module-first-password")),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("ix_module_account_passwords_module_account_id", "module_account_id"),
)
