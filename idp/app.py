"""The one place that builds everything: `build` makes the rooms of the house, floor by floor, and passes each what it needs."""

from dataclasses import dataclass

from idp.accounts.accounts import Accounts
from idp.audit.trail import Trail
from idp.clock import Clock, SystemClock
from idp.keyring.keyring import Keyring
from idp.keyring.list_keys import ListKeys
from idp.keyring.rotate import RotateKeys
from idp.keyring.withdraw import WithdrawKeys
from idp.modules.modules import Modules
from idp.notify.outbox import Outbox
from idp.registry.clients import Clients
from idp.registry.disable_client import DisableClient
from idp.registry.register_client import RegisterClient
from idp.registry.rotate_secret import RotateSecret
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.store.database import Database
from idp.store.ephemeral import EphemeralStore, open_ephemeral_store
from idp.store.versions import Versions


@dataclass(frozen=True)
class House:
    """Every room, built and connected."""

    settings: Settings
    clock: Clock
    secrets: RootSecrets
    database: Database
    ephemeral: EphemeralStore
    versions: Versions
    trail: Trail
    outbox: Outbox
    keyring: Keyring
    list_keys: ListKeys
    rotate_keys: RotateKeys
    withdraw_keys: WithdrawKeys
    accounts: Accounts
    modules: Modules
    clients: Clients
    register_client: RegisterClient
    rotate_secret: RotateSecret
    disable_client: DisableClient

    def close(self) -> None:
        """Let go of every connection."""
        self.database.close()


def build(settings: Settings, *, clock: Clock | None = None) -> House:
    """Build the house. Raises SecretsFault; touches neither database nor Redis yet."""
    clock = clock or SystemClock()
    secrets = RootSecrets.load(settings.keys_dir)
    database = Database(settings.database_url)
    ephemeral = open_ephemeral_store(settings.redis_url, database, clock)
    versions = Versions(database)
    trail = Trail(database, clock)
    outbox = Outbox(clock, secrets, settings.mail.give_up_seconds)

    keyring = Keyring(database, clock, secrets, versions, settings.keys)
    accounts = Accounts(database, clock)
    modules = Modules(database, clock)
    clients = Clients(database, versions)

    return House(
        settings=settings,
        clock=clock,
        secrets=secrets,
        database=database,
        ephemeral=ephemeral,
        versions=versions,
        trail=trail,
        outbox=outbox,
        keyring=keyring,
        list_keys=ListKeys(database, clock, settings.keys),
        rotate_keys=RotateKeys(database, clock, secrets, trail, settings.keys),
        withdraw_keys=WithdrawKeys(database, clock, secrets, trail, settings.keys),
        accounts=accounts,
        modules=modules,
        clients=clients,
        register_client=RegisterClient(database, clock, trail),
        rotate_secret=RotateSecret(database, clock, clients, trail),
        disable_client=DisableClient(database, clock, trail),
    )
