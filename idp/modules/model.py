"""The tables of modules, of who may open them, and of people's own ids there (MMIS: the E6Code)."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

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
    Column("external_id", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("module", "external_id"),
    Index("ix_module_accounts_account_id", "account_id", "module"),
)
