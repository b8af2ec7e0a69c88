"""Brings the database's tables to what this release needs: once, whoever asks at once, and again after an interruption.

All that is missing is applied in one transaction: an upgrade that was killed has changed nothing.
"""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import InterfaceError, OperationalError

from idp import paths
from idp.store.database import Database, StoreUnavailable
from idp.store.revision import is_behind

TURN_WAIT_SECONDS = 120
"""How long an upgrade waits for another one that is under way."""

TABLE_LOCK_WAIT_SECONDS = 5
"""How long one statement waits for a busy table before it gives way to the traffic; run the upgrade again then."""

_ADVISORY_LOCK = 0x6D65732D696470


def upgrade(database: Database) -> bool:
    """Apply what is missing; return whether anything was. Raises StoreUnavailable, and then nothing has changed."""
    engine = _patient_engine(database)
    try:
        with engine.begin() as connection:
            _take_turn(connection, is_postgresql=database.is_postgresql)
            if not is_behind(connection):
                return False
            _apply(connection)
            return True
    except (OperationalError, InterfaceError) as error:
        raise StoreUnavailable(f"the upgrade changed nothing, run it again: {error.orig}") from error
    finally:
        engine.dispose()


def _patient_engine(database: Database) -> Engine:
    """Return an engine of one connection without the short timeouts that requests have."""
    waiting = {} if database.is_postgresql else {"timeout": TURN_WAIT_SECONDS}
    return create_engine(
        database.engine.url, isolation_level="AUTOCOMMIT", poolclass=NullPool, connect_args={**waiting}
    )


def _take_turn(connection: Connection, *, is_postgresql: bool) -> None:
    """Begin the transaction and wait until no other upgrade is under way."""
    if not is_postgresql:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    connection.exec_driver_sql("BEGIN")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{TURN_WAIT_SECONDS}s'")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{TABLE_LOCK_WAIT_SECONDS}s'")


def _apply(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(paths.resource("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
