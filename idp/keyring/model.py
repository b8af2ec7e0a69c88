"""The table of signing keys. A key's state follows from its moments (`idp/keyring/states.py`)."""

from sqlalchemy import Column, LargeBinary, String, Table, Text, UniqueConstraint

from idp.store.sealed_columns import sealed
from idp.store.tables import Moment, metadata

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("kid", String(43), primary_key=True),
    Column("alg", String(10), nullable=False),
    # The key that this one follows ("" for the first of its alg). Unique: of many rotations at once, one insert wins.
    Column("predecessor", String(43), nullable=False),
    Column("public_jwk", Text, nullable=False),
    Column("sealed_private", LargeBinary, nullable=False, info=sealed("signing-key", "signing_keys:{kid}")),
    Column("created_at", Moment, nullable=False),
    Column("active_at", Moment, nullable=False),
    Column("retired_at", Moment),
    Column("revoked_at", Moment),
    UniqueConstraint("alg", "predecessor"),
)
