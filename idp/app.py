"""The one place that builds everything: `build` makes the rooms of the house, floor by floor, and passes each what it needs."""

from dataclasses import dataclass

from idp.accounts.accounts import Accounts
from idp.accounts.administer import AdministerAccount
from idp.accounts.create_account import CreateAccount
from idp.accounts.lockout import Guards
from idp.accounts.passwords import PasswordHasher
from idp.accounts.temporary_password import TemporaryPasswords
from idp.audit.trail import Trail
from idp.authenticators.authenticator_app import AuthenticatorApps
from idp.authenticators.registry import SecondFactors
from idp.clock import Clock, SystemClock
from idp.keyring.keyring import Keyring
from idp.keyring.list_keys import ListKeys
from idp.keyring.rotate import RotateKeys
from idp.keyring.withdraw import WithdrawKeys
from idp.modules.administer import AdministerModules
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
    guards: Guards
    create_account: CreateAccount
    administer_account: AdministerAccount
    authenticator_apps: AuthenticatorApps
    second_factors: SecondFactors
    modules: Modules
    administer_modules: AdministerModules
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
    clients = Clients(database, versions)
    modules = Modules(database, clock, versions)
    accounts = Accounts(database, clock)
    guards = Guards(database, clock, secrets, settings.lockout)
    hasher = PasswordHasher(secrets, settings.password)
    temporary_passwords = TemporaryPasswords(clock, secrets, settings.temporary_password)
    authenticator_apps = AuthenticatorApps(clock, secrets)

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
        guards=guards,
        create_account=CreateAccount(database, accounts, hasher, temporary_passwords, outbox, trail, settings),
        administer_account=AdministerAccount(database, accounts, guards, temporary_passwords, outbox, trail, settings),
        authenticator_apps=authenticator_apps,
        second_factors=SecondFactors(database, authenticator_apps),
        modules=modules,
        administer_modules=AdministerModules(database, modules, trail),
        clients=clients,
        register_client=RegisterClient(database, clock, trail),
        rotate_secret=RotateSecret(database, clock, clients, trail),
        disable_client=DisableClient(database, clock, trail),
    )
