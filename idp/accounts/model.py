"""The tables of people, and `Account`, the value that the rest of the house sees."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, text

from idp.store.sealed_columns import hashed, sealed_person
from idp.store.tables import Moment, RowId, metadata

Affiliation = Literal["provider", "mco", "trading-partner", "dmas"]
ShutBy = Literal["module", "quiet", "operator"]
"""Who shut an account, the weakest first: the module that registered it, long disuse, or an operator. What one shut, a
weaker one never opens."""

IS_OPEN = text("disabled_at IS NULL")

accounts = Table(
    "accounts",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("sub", String(64), nullable=False, unique=True),
    # User ID, names and phone in one piece (`idp/accounts/account_rows.py`), and what the User ID is looked up by. Both are
    # null only in a row that the release before wrote and `idp keys rotate-data` has not come to yet.
    Column("sealed_person", LargeBinary, info=sealed_person("accounts", "{sub}")),
    Column("user_id_index", String(43), unique=True),
    Column("user_id", String(254), key="plain_user_id", unique=True),
    Column("given_name", String(100), key="plain_given_name"),
    Column("family_name", String(100), key="plain_family_name"),
    Column("phone", String(20), key="plain_phone"),
    Column("affiliation", String(20), nullable=False),
    Column("registered_by", String(64), nullable=False),
    Column("locale", String(10)),
    Column("password_hash", String(255), info=hashed("password")),
    Column("password_changed_at", Moment),
    Column("must_change_password", Boolean, nullable=False, default=False),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
    Column("last_sign_in_at", Moment),
    # Who shut it: `module`, `quiet` or `operator`; NULL while it is open.
    Column("disabled_by", String(10)),
    # A number that a module changed receives no code before this moment, unless its owner confirms it here (SECURITY O3).
    Column("phone_usable_from", Moment),
    # The last sign-in, or the creation or enabling since then: from here the quiet days count (SECURITY H8).
    Column("quiet_since", Moment),
    # How many warnings were sent in this count, and when the last of them was.
    Column("quiet_warnings", Integer, nullable=False, server_default="0"),
    Column("quiet_warned_at", Moment),
    Index("ix_accounts_quiet_since", "quiet_since", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
    # A module pages through the accounts that it registered.
    Index("ix_accounts_registered_by", "registered_by", "id"),
)

temporary_passwords = Table(
    "temporary_passwords",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("password_hash", String(255), nullable=False, info=hashed("temporary-password")),
    Column("purpose", String(20), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("superseded_at", Moment),
    Index("ix_temporary_passwords_account_id", "account_id"),
)

sign_in_guards = Table(
    "sign_in_guards",
    metadata,
    # A keyed hash of the User ID (or of a known browser), whether or not an account exists (SECURITY 2.5).
    Column("key", String(64), primary_key=True),
    Column("failed", Integer, nullable=False),
    Column("failed_total", Integer, nullable=False),
    Column("locked_until", Moment),
    # No account has this User ID: swept a day after the last attempt, so that guesses cannot fill the disk.
    Column("phantom", Boolean, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("ix_sign_in_guards_updated_at", "updated_at"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """One person, as the rest of the house sees them; no secret in it."""

    id: int
    sub: str
    """What a client sees: random, never reused, never the e-mail address (OIDC Core 8)."""
    user_id: str
    """The User ID: the e-mail address in canonical form (fact S12); mail goes only here."""
    given_name: str
    family_name: str
    phone: str | None
    """E.164, for text messages."""
    affiliation: Affiliation
    registered_by: str
    """`dmas` or the name of the module where the account was registered (fact S3)."""
    locale: str | None
    must_change_password: bool
    created_at: int
    disabled_at: int | None
    last_sign_in_at: int | None
    disabled_by: ShutBy | None = None
    phone_usable_from: int | None = None
    """Until then the number receives no code; None for at once."""

    def phone_is_usable(self, now: int) -> bool:
        """Whether there is a number and codes may go to it."""
        return self.phone is not None and (self.phone_usable_from is None or now >= self.phone_usable_from)

    @property
    def is_employee(self) -> bool:
        """Whether the person signs in through the DMAS directory (fact S2)."""
        return self.affiliation == "dmas"

    @property
    def name(self) -> str:
        """The full name as people write it."""
        return f"{self.given_name} {self.family_name}".strip()
