"""The one MetaData that every capability's `model.py` declares its tables on.

Times are `Moment` columns: whole seconds since the epoch, UTC (see `idp/clock.py`).
"""

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Moment = BigInteger
"""Whole seconds since the epoch, UTC."""

RowId = BigInteger().with_variant(Integer, "sqlite")
"""A row number that the database counts up (SQLite counts only INTEGER)."""
