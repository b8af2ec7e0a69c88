"""The house: every room by name, as `idp/app.py` builds it and as surfaces and commands ask for it."""

from collections.abc import Callable
from dataclasses import dataclass

from idp.accounts.accounts import Accounts
from idp.accounts.administer import AdministerAccount
from idp.accounts.create_account import CreateAccount
from idp.accounts.lockout import Guards
from idp.accounts.passwords import PasswordHasher
from idp.accounts.temporary_password import TemporaryPasswords
from idp.audit.trail import Trail
from idp.authenticators.authenticator_app import AuthenticatorApps
from idp.authenticators.passcodes import Passcodes
from idp.authenticators.registry import SecondFactors
from idp.captcha.captcha import Captcha
from idp.clock import Clock
from idp.grants.consents import Consents
from idp.keyring.keyring import Keyring
from idp.keyring.list_keys import ListKeys
from idp.keyring.rotate import RotateKeys
from idp.keyring.withdraw import WithdrawKeys
from idp.language import Languages
from idp.modules.administer import AdministerModules
from idp.modules.modules import Modules
from idp.notify.outbox import Outbox
from idp.notify.worker import Worker
from idp.registry.clients import Clients
from idp.registry.disable_client import DisableClient
from idp.registry.register_client import RegisterClient
from idp.registry.rotate_secret import RotateSecret
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.signin.check_app import CheckApp
from idp.signin.check_passcode import CheckPasscode
from idp.signin.check_password import CheckPassword
from idp.signin.choose_account import ChooseAccount
from idp.signin.choose_language import ChooseLanguage
from idp.signin.cookies import CookieJar
from idp.signin.disable_account import DisableAccount
from idp.signin.enrol_app import EnrolApp
from idp.signin.flow import SignInFlow
from idp.signin.give_consent import GiveConsent
from idp.signin.note_denied import NoteDenied
from idp.signin.remove_app import RemoveApp
from idp.signin.request_reset import RequestReset
from idp.signin.send_passcode import SendPasscode
from idp.signin.sessions import BrowserSessions
from idp.signin.set_new_password import SetNewPassword
from idp.signin.sign_out import SignOut
from idp.store.database import Database
from idp.store.ephemeral import EphemeralStore
from idp.store.versions import Versions


@dataclass(frozen=True)
class House:
    """Every room that somebody outside asks for, built and connected."""

    settings: Settings
    clock: Clock
    secrets: RootSecrets
    database: Database
    ephemeral: EphemeralStore
    versions: Versions
    trail: Trail
    languages: Languages
    outbox: Outbox
    worker: Worker
    """Carries out what the outbox holds."""
    sweeps: tuple[Callable[[], int], ...]
    """Each deletes some of what has run out."""

    keyring: Keyring
    list_keys: ListKeys
    rotate_keys: RotateKeys
    withdraw_keys: WithdrawKeys
    clients: Clients
    register_client: RegisterClient
    rotate_secret: RotateSecret
    disable_client: DisableClient
    modules: Modules
    administer_modules: AdministerModules
    consents: Consents

    accounts: Accounts
    hasher: PasswordHasher
    guards: Guards
    temporary_passwords: TemporaryPasswords
    create_account: CreateAccount
    administer_account: AdministerAccount
    authenticator_apps: AuthenticatorApps
    passcodes: Passcodes
    second_factors: SecondFactors

    cookies: CookieJar
    sessions: BrowserSessions
    flow: SignInFlow
    check_password: CheckPassword
    send_passcode: SendPasscode
    check_passcode: CheckPasscode
    check_app: CheckApp
    captcha: Captcha
    request_reset: RequestReset
    set_new_password: SetNewPassword
    enrol_app: EnrolApp
    remove_app: RemoveApp
    choose_account: ChooseAccount
    choose_language: ChooseLanguage
    give_consent: GiveConsent
    note_denied: NoteDenied
    sign_out: SignOut
    disable_account: DisableAccount

    def close(self) -> None:
        """Let go of every connection."""
        self.database.close()
