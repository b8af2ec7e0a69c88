"""Builds the rooms of sign-in from those below, in the order in which they lean on each other."""

from dataclasses import dataclass

from idp.accounts.accounts import Accounts
from idp.accounts.known_device import KnownDevices
from idp.accounts.lockout import Guards
from idp.accounts.passwords import PasswordHasher
from idp.accounts.temporary_password import TemporaryPasswords
from idp.audit.trail import Trail
from idp.authenticators.authenticator_app import AuthenticatorApps
from idp.authenticators.passcodes import Passcodes
from idp.authenticators.registry import SecondFactors
from idp.clock import Clock
from idp.directory.directory import Directory
from idp.grants.consents import Consents
from idp.modules.modules import Modules
from idp.notify.outbox import Outbox
from idp.registry.clients import Clients
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.signin.accept_factor import AcceptFactor
from idp.signin.attempts import Attempts
from idp.signin.check_app import CheckApp
from idp.signin.check_employee import CheckEmployee
from idp.signin.check_passcode import CheckPasscode
from idp.signin.check_password import CheckPassword
from idp.signin.choose_account import ChooseAccount
from idp.signin.complete import CompleteSignIn
from idp.signin.cookies import CookieJar
from idp.signin.disable_account import DisableAccount
from idp.signin.end_sessions import EndSessions
from idp.signin.enrol_app import EnrolApp
from idp.signin.flow import SignInFlow
from idp.signin.give_consent import GiveConsent
from idp.signin.interactions import Interactions
from idp.signin.note_denied import NoteDenied
from idp.signin.send_passcode import SendPasscode
from idp.signin.sessions import BrowserSessions
from idp.signin.set_new_password import SetNewPassword
from idp.signin.sign_out import SignOut
from idp.signin.throttle import AddressThrottle
from idp.store.database import Database
from idp.store.ephemeral import EphemeralStore


@dataclass(frozen=True)
class Below:
    """What sign-in stands on."""

    settings: Settings
    database: Database
    ephemeral: EphemeralStore
    clock: Clock
    secrets: RootSecrets
    trail: Trail
    outbox: Outbox
    accounts: Accounts
    hasher: PasswordHasher
    guards: Guards
    temporary_passwords: TemporaryPasswords
    modules: Modules
    clients: Clients
    consents: Consents
    directory: Directory | None


@dataclass(frozen=True)
class SignInRooms:
    """What surfaces and the command line use."""

    cookies: CookieJar
    flow: SignInFlow
    sessions: BrowserSessions
    second_factors: SecondFactors
    passcodes: Passcodes
    apps: AuthenticatorApps
    check_password: CheckPassword
    send_passcode: SendPasscode
    check_passcode: CheckPasscode
    check_app: CheckApp
    set_new_password: SetNewPassword
    choose_account: ChooseAccount
    give_consent: GiveConsent
    note_denied: NoteDenied
    enrol_app: EnrolApp
    sign_out: SignOut
    disable_account: DisableAccount


def build_sign_in(it: Below) -> SignInRooms:
    """Build every room of sign-in."""
    devices = KnownDevices(it.clock, it.secrets, it.settings.lockout)
    passcodes = Passcodes(it.clock, it.secrets, it.settings.passcode)
    apps = AuthenticatorApps(it.clock, it.secrets)
    interactions = Interactions(it.ephemeral, it.clock, it.secrets, it.settings)
    sessions = BrowserSessions(it.database, it.clock, it.settings)
    end_sessions = EndSessions(sessions, it.clients, it.outbox, it.trail, it.clock)
    complete = CompleteSignIn(it.accounts, it.guards, devices, sessions, end_sessions, it.trail)
    second_factors = SecondFactors(it.database, apps)
    flow = SignInFlow(interactions, it.accounts, it.modules, it.consents, second_factors, it.clock)
    attempts = Attempts(it.database, it.ephemeral, it.guards, devices, passcodes, it.outbox, it.trail, it.settings)
    accept = AcceptFactor(it.database, flow, it.guards, sessions, complete, it.trail)
    employees = CheckEmployee(it.database, it.directory, it.accounts, attempts, complete, flow, it.trail, it.settings)
    throttle = AddressThrottle(it.ephemeral, it.clock, it.settings.throttle)
    return SignInRooms(
        cookies=CookieJar(it.settings),
        flow=flow,
        sessions=sessions,
        second_factors=second_factors,
        passcodes=passcodes,
        apps=apps,
        check_password=CheckPassword(
            database=it.database,
            clock=it.clock,
            settings=it.settings,
            throttle=throttle,
            accounts=it.accounts,
            hasher=it.hasher,
            temporary_passwords=it.temporary_passwords,
            attempts=attempts,
            employees=employees,
            flow=flow,
            trail=it.trail,
        ),
        send_passcode=SendPasscode(it.database, flow, it.accounts, it.guards, devices, passcodes, it.outbox, it.trail),
        check_passcode=CheckPasscode(it.database, flow, it.guards, passcodes, attempts, accept),
        check_app=CheckApp(flow, apps, attempts, accept),
        set_new_password=SetNewPassword(
            database=it.database,
            clock=it.clock,
            settings=it.settings,
            flow=flow,
            accounts=it.accounts,
            hasher=it.hasher,
            temporary_passwords=it.temporary_passwords,
            passcodes=passcodes,
            end_sessions=end_sessions,
            complete=complete,
            outbox=it.outbox,
            trail=it.trail,
        ),
        choose_account=ChooseAccount(flow),
        give_consent=GiveConsent(it.database, flow, it.consents, it.trail),
        note_denied=NoteDenied(it.database, it.trail),
        enrol_app=EnrolApp(it.database, it.clock, apps, sessions, it.outbox, it.trail),
        sign_out=SignOut(it.database, end_sessions),
        disable_account=DisableAccount(it.database, it.accounts, passcodes, end_sessions, it.trail),
    )
