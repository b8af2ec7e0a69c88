"""The table of registrations: what a module's SCIM client keeps of an account beside the account itself."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, UniqueConstraint

from idp.store.tables import Moment, metadata

scim_registrations = Table(
    "scim_registrations",
    metadata,
    # An account whose module never wrote to it has no row: that is version 0.
    Column("account_id", ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("module", ForeignKey("modules.name"), nullable=False),
    # The module's own key, unique among its registrations; not personal data, so a module must not put any here.
    Column("external_id", String(128)),
    # Counts the module's writes: a write names the version that it read.
    Column("version", Integer, nullable=False),
    Column("modified_at", Moment, nullable=False),
    # The module no longer keeps this account: it is shut, invisible here, and its address stays taken.
    Column("withdrawn_at", Moment),
    UniqueConstraint("module", "external_id"),
)
