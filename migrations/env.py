"""Where Alembic meets the house: on the connection that `idp db upgrade` locked.

By itself (`alembic revision --autogenerate`, see CONTRIBUTING.md) it compares the tables of every capability with the
database that the settings name.
"""

import pkgutil
from importlib import import_module

from alembic import context
from sqlalchemy import Connection

import idp
from idp.settings import load_settings
from idp.store.database import Database
from idp.store.tables import metadata


def _upgrade(connection: Connection) -> None:
    context.configure(connection=connection)
    context.run_migrations()


def _compare() -> None:
    for module in pkgutil.walk_packages(idp.__path__, "idp."):
        if module.name.endswith((".model", ".ephemeral", ".versions")):
            import_module(module.name)
    database = Database(load_settings().database_url)
    with database.transaction() as connection:
        context.configure(connection=connection, target_metadata=metadata, compare_server_default=True)
        context.run_migrations()
    database.close()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _upgrade(given)
else:
    _compare()
