"""The ground that every capability stands on: settings, time, secrets, stores, the trail and the outbox."""

from collections.abc import Callable
from dataclasses import dataclass

from idp.audit.events import Event
from idp.audit.trail import Trail
from idp.clock import Clock
from idp.language import Languages
from idp.notify.outbox import Outbox
from idp.outbound import Outbound
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.store.database import Database
from idp.store.ephemeral import EphemeralStore, open_ephemeral_store
from idp.store.kept_keys import KeptKeys
from idp.store.lasting_keys import LastingKeys
from idp.store.personal_data import PersonalData
from idp.store.versions import Versions


@dataclass(frozen=True)
class Ground:
    """What `open_<capability>` is given to build its rooms with."""

    settings: Settings
    clock: Clock
    secrets: RootSecrets
    personal: PersonalData
    lasting_keys: LastingKeys
    kept_keys: KeptKeys
    database: Database
    ephemeral: EphemeralStore
    versions: Versions
    trail: Trail
    languages: Languages
    outbox: Outbox
    outbound: Outbound


def lay_ground(settings: Settings, clock: Clock, watch: Callable[[Event], None] | None = None) -> Ground:
    """Return the ground; touches neither database nor Redis yet. Raises SecretsFault, OutboundFault."""
    secrets = RootSecrets.load(settings.keys_dir)
    database = Database(settings.database_url)
    lasting = LastingKeys(secrets)
    kept_keys = KeptKeys(database, secrets, lasting)
    secrets.kept = kept_keys.find
    return Ground(
        settings=settings,
        clock=clock,
        secrets=secrets,
        personal=PersonalData(secrets, lasting),
        lasting_keys=lasting,
        kept_keys=kept_keys,
        database=database,
        ephemeral=open_ephemeral_store(settings.redis_url, database, clock),
        versions=Versions(database),
        trail=Trail(database, clock, watch),
        languages=Languages(settings.time_zone),
        outbox=Outbox(clock, secrets, settings.mail.give_up_seconds),
        outbound=Outbound.over(settings.outbound.allow, cafile=settings.outbound.cafile),
    )
