"""The rooms of sign-in, built over the capabilities that it joins."""

from dataclasses import dataclass

from idp.accounts.notices import Change
from idp.accounts.rooms import AccountRooms
from idp.authenticators.rooms import AuthenticatorRooms
from idp.captcha.captcha import Captcha
from idp.directory.rooms import DirectoryRooms
from idp.grants.rooms import GrantRooms
from idp.ground import Ground
from idp.modules.rooms import ModuleRooms
from idp.registry.rooms import RegistryRooms
from idp.signin.add_passkey import AddPasskey
from idp.signin.attempts import Attempts
from idp.signin.browser_state import BrowserState
from idp.signin.check_employee import CheckEmployee
from idp.signin.check_held_code import CheckHeldCode
from idp.signin.check_passcode import CheckPasscode
from idp.signin.check_passkey import CheckPasskey
from idp.signin.check_password import CheckPassword
from idp.signin.choose_account import ChooseAccount
from idp.signin.choose_language import ChooseLanguage
from idp.signin.choose_module_account import ChooseModuleAccount
from idp.signin.complete import CompleteSignIn
from idp.signin.cookies import CookieJar
from idp.signin.device_rooms import DeviceRooms, open_devices
from idp.signin.disable_account import DisableAccount
from idp.signin.employee_accounts import EmployeeAccounts
from idp.signin.employee_rooms import EmployeeRooms, open_employees
from idp.signin.end_sessions import EndSessions
from idp.signin.enrol_app import EnrolApp
from idp.signin.factor_attempts import FactorAttempts
from idp.signin.factor_changes import FactorChanges
from idp.signin.flow import SignInFlow
from idp.signin.give_consent import GiveConsent
from idp.signin.interactions import Interactions
from idp.signin.leave_browser import LeaveBrowser
from idp.signin.make_recovery_codes import MakeRecoveryCodes
from idp.signin.module_entry import ModuleEntry
from idp.signin.new_password_rules import NewPasswordRules
from idp.signin.note_denied import NoteDenied
from idp.signin.open_module import OpenModule
from idp.signin.own_account import OwnAccountRooms, open_own_account
from idp.signin.remove_authenticator import RemoveAuthenticator
from idp.signin.request_limit import RequestLimit
from idp.signin.request_reset import RequestReset
from idp.signin.send_passcode import SendPasscode
from idp.signin.send_reset import SendReset
from idp.signin.sessions import BrowserSessions
from idp.signin.set_new_password import SetNewPassword
from idp.signin.set_up_module_account import SetUpModuleAccount
from idp.signin.sign_out import SignOut
from idp.signin.sign_out_outcomes import SignOutOutcomes
from idp.signin.sweep_quiet_accounts import SweepQuietAccounts
from idp.signin.tell_of_lock import TellOfLock
from idp.signin.throttle import AddressThrottle, people_throttle
from idp.signin.user_id_rooms import UserIdRooms, open_user_ids


@dataclass(frozen=True)
class SignInRooms:
    """What surfaces and commands ask of sign-in: one room for each thing that a person does."""

    cookies: CookieJar
    browser_state: BrowserState
    leave_browser: LeaveBrowser
    sessions: BrowserSessions
    flow: SignInFlow
    check_password: CheckPassword
    send_passcode: SendPasscode
    check_passcode: CheckPasscode
    check_app: CheckHeldCode
    check_passkey: CheckPasskey
    check_recovery_code: CheckHeldCode
    employees: EmployeeRooms
    request_reset: RequestReset
    send_reset: SendReset
    tell_of_lock: TellOfLock
    set_new_password: SetNewPassword
    enrol_app: EnrolApp
    add_passkey: AddPasskey
    make_recovery_codes: MakeRecoveryCodes
    remove_authenticator: RemoveAuthenticator
    choose_account: ChooseAccount
    choose_language: ChooseLanguage
    module_entry: ModuleEntry
    open_module: OpenModule
    set_up_module_account: SetUpModuleAccount
    choose_module_account: ChooseModuleAccount
    give_consent: GiveConsent
    devices: DeviceRooms
    note_denied: NoteDenied
    sign_out: SignOut
    sign_out_outcomes: SignOutOutcomes
    disable_account: DisableAccount
    sweep_quiet_accounts: SweepQuietAccounts
    user_ids: UserIdRooms
    own: OwnAccountRooms
    """What people do with their accounts once they are in."""


def open_signin(
    ground: Ground,
    people: AccountRooms,
    factors: AuthenticatorRooms,
    modules: ModuleRooms,
    registry: RegistryRooms,
    grants: GrantRooms,
    captcha: Captcha,
    directories: DirectoryRooms,
) -> SignInRooms:
    """Build them."""
    database, clock, trail, outbox = ground.database, ground.clock, ground.trail, ground.outbox
    settings, limits = ground.settings, ground.settings.throttle
    accounts, guards, passcodes = people.accounts, people.guards, factors.passcodes

    cookies = CookieJar(settings)
    state = BrowserState(settings, ground.secrets, cookies)

    def throttle(name: str, most: int, seconds: int) -> AddressThrottle:
        return people_throttle(ground, name, most, seconds)

    sessions = BrowserSessions(database, clock, settings, accounts.rows)
    entry = ModuleEntry(
        modules.catalogue, modules.catalogue.accounts, ground.ephemeral, settings.session.absolute_seconds
    )
    interactions = Interactions(ground.ephemeral, clock, ground.secrets, settings)
    limit = RequestLimit(throttle("requests", limits.requests_per_minute, 60), database, trail)
    flow = SignInFlow(
        interactions, accounts, modules.catalogue, grants.consents, factors.second_factors, clock, entry, limit
    )
    outcomes = SignOutOutcomes(database, registry.clients, clock)
    end_sessions = EndSessions(sessions, registry.clients, outbox, outcomes, trail, clock)
    complete = CompleteSignIn(accounts, guards, people.devices, sessions, end_sessions, people.notices, trail)
    attempts = Attempts(database, guards, people.devices, passcodes, outbox, trail)
    tries = FactorAttempts(database, flow, attempts, guards, sessions, complete, trail)
    changes = FactorChanges(clock, accounts, sessions, factors.second_factors)
    rules = NewPasswordRules(database, people.temporary_passwords, settings)
    own = open_own_account(ground, people, factors, registry, grants, rules, attempts, sessions, end_sessions)
    known = EmployeeAccounts(accounts, directories.links, trail)
    disable = DisableAccount(database, accounts, passcodes, end_sessions, trail)
    return SignInRooms(
        cookies=cookies,
        browser_state=state,
        leave_browser=LeaveBrowser(ground.secrets, clock, cookies, state),
        sessions=sessions,
        flow=flow,
        check_password=CheckPassword(
            database,
            settings,
            throttle("sign-ins", limits.sign_ins_per_minute, 60),
            accounts,
            people.hasher,
            people.temporary_passwords,
            attempts,
            CheckEmployee(
                database, directories.passwords, directories.upstream, known, attempts, complete, flow, settings
            ),
            flow,
            trail,
        ),
        send_passcode=SendPasscode(database, flow, accounts, guards, people.devices, passcodes, outbox, trail),
        check_passcode=CheckPasscode(database, flow, guards, passcodes, tries),
        check_app=CheckHeldCode(flow, factors.apps, tries, people.notices, apart="app"),
        check_passkey=CheckPasskey(
            database, flow, factors.passkeys, factors.ceremony, factors.challenges, tries, trail
        ),
        check_recovery_code=CheckHeldCode(
            flow, factors.recovery_codes, tries, people.notices, told=Change.RECOVERY_CODE_USED
        ),
        employees=open_employees(ground, directories, people, known, flow, complete),
        request_reset=RequestReset(
            database,
            clock,
            throttle("resets", limits.resets_per_hour, 3_600),
            throttle("resets-waited", limits.resets_without_script_per_hour, 3_600),
            captcha,
            interactions,
            outbox,
            trail,
            settings,
        ),
        send_reset=SendReset(
            database,
            accounts,
            people.temporary_passwords,
            people.send_temporary_password,
            modules.catalogue,
            outbox,
            trail,
            settings,
        ),
        tell_of_lock=TellOfLock(database, accounts, people.notices, outbox),
        set_new_password=SetNewPassword(
            database,
            rules,
            flow,
            accounts,
            people.hasher,
            people.temporary_passwords,
            passcodes,
            end_sessions,
            complete,
            people.notices,
            trail,
        ),
        enrol_app=EnrolApp(database, factors.apps, changes, sessions, guards, people.notices, trail),
        add_passkey=AddPasskey(
            database, factors.passkeys, factors.ceremony, factors.challenges, changes, people.notices, trail
        ),
        make_recovery_codes=MakeRecoveryCodes(
            database, factors.recovery_codes, factors.second_factors, changes, people.notices, trail
        ),
        remove_authenticator=RemoveAuthenticator(
            database,
            accounts,
            factors.apps,
            factors.passkeys,
            factors.recovery_codes,
            factors.second_factors,
            changes,
            people.notices,
            trail,
        ),
        choose_account=ChooseAccount(flow),
        choose_language=ChooseLanguage(database, accounts, interactions),
        module_entry=entry,
        open_module=OpenModule(registry.clients, settings.issuer),
        set_up_module_account=SetUpModuleAccount(
            database,
            flow,
            entry,
            modules.catalogue,
            modules.first_passwords,
            modules.own_accounts,
            guards,
            people.notices,
            trail,
        ),
        choose_module_account=ChooseModuleAccount(database, flow, entry, trail),
        give_consent=GiveConsent(database, flow, grants.consents, trail),
        devices=open_devices(ground, registry.clients, flow),
        note_denied=NoteDenied(database, trail),
        sign_out=SignOut(database, end_sessions, outcomes, trail, ground.lasting_keys, settings.issuer),
        sign_out_outcomes=outcomes,
        disable_account=disable,
        sweep_quiet_accounts=SweepQuietAccounts(database, people.quiet_accounts, disable, outbox, trail, settings),
        user_ids=open_user_ids(ground, people, factors, attempts, changes),
        own=own,
    )
