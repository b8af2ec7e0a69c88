"""The tables of security notices."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table

from idp.store.sealed_columns import sealed
from idp.store.tables import Moment, RowId, metadata

notices = Table(
    "notices",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    # A `notices.Change`.
    Column("change", String(30), nullable=False),
    Column("at", Moment, nullable=False),
    # Names this row inside its seal.
    Column("seal_place", String(32), nullable=False),
    # What else there is to say and to whom, JSON: an old address or number is personal data. Wiped once it is told.
    Column("sealed_more", LargeBinary, info=sealed("notice", "notices:{seal_place}")),
    Column("told_at", Moment),
    Index("ix_notices_account_id_told_at", "account_id", "told_at"),
    Index("ix_notices_at", "at"),
)

not_me_links = Table(
    "not_me_links",
    metadata,
    # SHA-256 of the token in the mail.
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    # The earliest thing that the mail told of.
    Column("since", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index("ix_not_me_links_expires_at", "expires_at"),
)

forgotten_devices = Table(
    "forgotten_devices",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    # Browsers that this account became known in up to this moment are known no more (SECURITY 2.3).
    Column("until", Moment, nullable=False),
)
