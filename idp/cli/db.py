"""`idp db`: the database's tables."""

from contextlib import closing

import click

from idp.cli.operating import find_settings
from idp.cli.output import Refused, json_option, print_json
from idp.store.database import Database, StoreUnavailable
from idp.store.migrate import upgrade
from idp.store.revision import newest_revision


@click.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
@json_option
def upgrade_tables(as_json: bool) -> None:
    """Bring the tables to what this release needs. Safe to run twice, on several machines, and while people sign in."""
    settings, _ = find_settings()
    with closing(Database(settings.database_url)) as database:
        try:
            changed = upgrade(database)
        except StoreUnavailable as error:
            raise Refused(f"the database cannot be upgraded ({error}); see `idp doctor`") from error
    if as_json:
        print_json({"revision": newest_revision(), "changed": changed})
    else:
        click.echo(f"the database is at {newest_revision()}" + ("" if changed else " already"))
