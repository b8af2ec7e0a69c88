"""The tables of the foundation's own: keys that seal nothing themselves but are sealed, and the rotation under way."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table, Text

from idp.store.sealed_columns import sealed
from idp.store.tables import Moment, metadata

DATA_KEY = "data-key"
"""Purpose of the root secrets under which lasting keys are sealed."""

data_keys = Table(
    "data_keys",
    metadata,
    # What the key is for, such as `index:user-id`.
    Column("name", String(64), primary_key=True),
    Column("sealed_key", LargeBinary, nullable=False, info=sealed(DATA_KEY, "data_keys:{name}")),
)

data_rotations = Table(
    "data_rotations",
    metadata,
    # The root secret under which everything is sealed anew.
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    # How far it has come, and who goes on with it at this moment: one process at a time.
    Column("position", Text, nullable=False),
    Column("turn_until", Moment, nullable=False),
    Column("done", Integer, nullable=False),
)
