"""Where Alembic meets the house: every table of every capability, on the connection that `idp db upgrade` locked.

By itself (`alembic revision --autogenerate`, see CONTRIBUTING.md) it uses the database that the settings name.
"""

import pkgutil
from importlib import import_module

from alembic import context
from sqlalchemy import Connection

import idp
from idp.settings import load_settings
from idp.store.database import Database
from idp.store.tables import metadata

for module in pkgutil.walk_packages(idp.__path__, "idp."):
    if module.name.endswith((".model", ".ephemeral", ".versions")):
        import_module(module.name)


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_server_default=True)
    context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    database = Database(load_settings().database_url)
    with database.transaction() as own:
        _run(own)
    database.close()
