"""Whether what is sealed in the database can be opened, and whether the root secrets are in order."""

from collections.abc import Iterator

from sqlalchemy import func, select

from idp.accounts.model import accounts
from idp.sealing import RootSecrets, SealBroken, SecretsFault
from idp.server.findings import Finding, fault, warning, well
from idp.settings import Settings
from idp.store.database import Database
from idp.store.lasting_keys import LastingKeys
from idp.store.model import data_keys, data_rotations

ROTATE = "run `idp keys rotate-data` once every node runs this release with the newest root secret"


def check_sealed(database: Database, settings: Settings) -> Iterator[Finding]:
    """Yield what is found; needs the tables of this release. Raises StoreUnavailable."""
    try:
        secrets = RootSecrets.load(settings.keys_dir)
    except SecretsFault:
        # Said by check_secrets: one fault, one line.
        return
    keys = LastingKeys(secrets)
    with database.reading() as connection:
        try:
            for name in connection.execute(select(data_keys.c.name).order_by(data_keys.c.name)).scalars().all():
                keys.find(connection, name)
        except SealBroken as error:
            yield fault("sealed data", str(error), "bring the root secret back that it was sealed with")
            return
        plain = connection.execute(
            select(func.count()).select_from(accounts).where(accounts.c.user_id_index.is_(None))
        ).scalar_one()
        rotation = data_rotations.c
        finished = select(rotation.generation).where(
            rotation.generation == secrets.current, rotation.finished_at.is_not(None)
        )
        is_finished = connection.execute(finished).first() is not None
    if plain:
        yield warning("sealed data", f"{plain} accounts of the release before still stand in plain words", ROTATE)
    if len(secrets.generations) > 1 and not is_finished:
        older = ", ".join(str(generation) for generation in secrets.generations[:-1])
        yield warning("sealed data", f"root secrets {older} are still needed beside {secrets.current}", ROTATE)
    if not plain:
        yield well("sealed data", "no account stands in plain words")
