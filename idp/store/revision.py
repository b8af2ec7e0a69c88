"""Which migrations this release has, and whether a database has them: cheap enough to ask at every start."""

import re

from sqlalchemy import Connection, inspect, text

from idp import paths
from idp.store.database import Database

_VERSION_FILE = re.compile(r"([0-9]{4})_\w+\.py")


def newest_revision() -> str:
    """Return the number of the newest migration of this release, such as `0001`."""
    names = [path.name for path in (paths.resource("migrations") / "versions").glob("*.py")]
    return max(match[1] for name in names if (match := _VERSION_FILE.fullmatch(name)))


def pending(database: Database) -> bool:
    """Return whether `database` lacks a migration of this release. Raises StoreUnavailable."""
    with database.reading() as connection:
        return is_behind(connection)


def is_behind(connection: Connection) -> bool:
    """Return whether the database lacks a migration of this release.

    One that is ahead is fine: migrations only add, so the release before goes on working (SECURITY 4.15).
    """
    if not inspect(connection).has_table("alembic_version"):
        return True
    applied = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(applied or "") < newest_revision()
