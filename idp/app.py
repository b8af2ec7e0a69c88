"""The one place that builds everything: `build` makes the rooms of the house, floor by floor, and passes each what it needs;
`create_app` puts the web's surfaces on top.
"""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from flask import Flask

from idp import paths
from idp.accounts.accounts import Accounts
from idp.accounts.administer import AdministerAccount
from idp.accounts.create_account import CreateAccount
from idp.accounts.known_device import KnownDevices
from idp.accounts.lockout import Guards
from idp.accounts.passwords import PasswordHasher
from idp.accounts.send_temporary_password import SendTemporaryPassword
from idp.accounts.temporary_password import TemporaryPasswords
from idp.audit.trail import Trail
from idp.authenticators.authenticator_app import AuthenticatorApps
from idp.authenticators.passcodes import Passcodes
from idp.authenticators.registry import SecondFactors
from idp.captcha.captcha import Captcha
from idp.clock import Clock, SystemClock
from idp.directory.directory import Directory
from idp.directory.ldap import open_directory
from idp.grants.consents import Consents
from idp.grants.sweep_grants import SweepGrants
from idp.house import House
from idp.keyring.keyring import Keyring
from idp.keyring.list_keys import ListKeys
from idp.keyring.rotate import RotateKeys
from idp.keyring.withdraw import WithdrawKeys
from idp.language import Languages
from idp.modules.administer import AdministerModules
from idp.modules.modules import Modules
from idp.notify.deliveries import deliveries_of
from idp.notify.delivery import Delivery
from idp.notify.outbox import Outbox
from idp.notify.render import Renderer
from idp.notify.worker import Worker
from idp.oidc.backchannel_logout import BackchannelLogout
from idp.oidc.blueprint import BACK_CHANNEL_PATHS, ProtocolRooms, protocol_blueprint, protocol_routes
from idp.oidc.face import Face
from idp.oidc.jose import Jose
from idp.outbound import post_form
from idp.pages.blueprint import pages_blueprint
from idp.pages.confirm_sign_out import confirm_sign_out_page
from idp.pages.headers import allow_form_target, fixed_headers
from idp.pages.kit import install_kit
from idp.pages.rooms import PageRooms
from idp.registry.clients import Clients
from idp.registry.disable_client import DisableClient
from idp.registry.register_client import RegisterClient
from idp.registry.rotate_secret import RotateSecret
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.signin.accept_factor import AcceptFactor
from idp.signin.attempts import Attempts
from idp.signin.check_app import CheckApp
from idp.signin.check_employee import CheckEmployee
from idp.signin.check_passcode import CheckPasscode
from idp.signin.check_password import CheckPassword
from idp.signin.choose_account import ChooseAccount
from idp.signin.choose_language import ChooseLanguage
from idp.signin.complete import CompleteSignIn
from idp.signin.cookies import CookieJar
from idp.signin.disable_account import DisableAccount
from idp.signin.end_sessions import EndSessions
from idp.signin.enrol_app import EnrolApp
from idp.signin.flow import SignInFlow
from idp.signin.give_consent import GiveConsent
from idp.signin.interactions import Interactions
from idp.signin.note_denied import NoteDenied
from idp.signin.remove_app import RemoveApp
from idp.signin.request_reset import RequestReset
from idp.signin.send_passcode import SendPasscode
from idp.signin.send_reset import SendReset
from idp.signin.sessions import BrowserSessions
from idp.signin.set_new_password import SetNewPassword
from idp.signin.sign_out import SignOut
from idp.signin.throttle import AddressThrottle
from idp.store.database import Database
from idp.store.ephemeral import SqlStore, open_ephemeral_store
from idp.store.versions import Versions
from idp.web.errors import ErrorHandlers
from idp.web.front import Front
from idp.web.readiness import readiness
from idp.web.short_way import ShortWay
from idp.web.visitor import Visitors

BODY_BYTES = 65_536
"""The longest body that is read; more is answered 413 (SECURITY X3)."""


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    directory: Directory | None = None,
    deliveries: Mapping[str, Delivery] | None = None,
) -> House:
    """Build the house; touches neither database nor Redis yet.

    `directory` knows the employees, else the one that the settings name does; without any they cannot sign in.
    `deliveries` replace those of their channels. Raises SecretsFault, SmtpUrlFault, LdapSetupFault, OutboundFault.
    """
    clock = clock or SystemClock()
    directory = directory or open_directory(settings.directory)
    secrets = RootSecrets.load(settings.keys_dir)
    database = Database(settings.database_url)
    ephemeral = open_ephemeral_store(settings.redis_url, database, clock)
    versions = Versions(database)
    trail = Trail(database, clock)
    languages = Languages(settings.time_zone)
    outbox = Outbox(clock, secrets, settings.mail.give_up_seconds)

    keyring = Keyring(database, clock, secrets, versions, settings.keys)
    clients = Clients(database, versions)
    modules = Modules(database, clock, versions)
    consents = Consents(database, clock)

    accounts = Accounts(database, clock)
    hasher = PasswordHasher(secrets, settings.password)
    guards = Guards(database, clock, secrets, settings.lockout)
    devices = KnownDevices(clock, secrets, settings.lockout)
    temporary_passwords = TemporaryPasswords(clock, secrets, settings.temporary_password)
    apps = AuthenticatorApps(clock, secrets)
    passcodes = Passcodes(clock, secrets, settings.passcode)
    second_factors = SecondFactors(database, apps)

    sessions = BrowserSessions(database, clock, settings)
    interactions = Interactions(ephemeral, clock, secrets, settings)
    flow = SignInFlow(interactions, accounts, modules, consents, second_factors, clock)
    end_sessions = EndSessions(sessions, clients, outbox, trail, clock)
    complete = CompleteSignIn(accounts, guards, devices, sessions, end_sessions, trail)
    attempts = Attempts(database, ephemeral, guards, devices, passcodes, outbox, trail, settings)
    accept = AcceptFactor(database, flow, guards, sessions, complete, trail)
    employees = CheckEmployee(database, directory, accounts, attempts, complete, flow, trail, settings)
    captcha = Captcha.over(ephemeral, clock, secrets, settings.captcha)
    limits = settings.throttle
    throttle = AddressThrottle(ephemeral, clock, "sign-ins", limits.sign_ins_per_minute, 60)
    resets = AddressThrottle(ephemeral, clock, "resets", limits.resets_per_hour, 3_600)
    waited = AddressThrottle(ephemeral, clock, "resets-waited", limits.resets_without_script_per_hour, 3_600)
    send = SendTemporaryPassword(temporary_passwords, outbox, trail, settings)

    logout = BackchannelLogout(clients, Jose(keyring, clock, settings.issuer), clock, database, trail, post_form)
    sent_by_us = deliveries_of(settings, Renderer(settings, languages), clock)
    sent_by_us |= {
        "logout": logout,
        "reset": SendReset(database, accounts, temporary_passwords, send, modules, outbox, trail, settings),
    }
    worker = Worker(database, outbox, sent_by_us | dict(deliveries or {}))
    sweeps: list[Callable[[], int]] = [guards.sweep, SweepGrants(database, clock, settings.session.absolute_seconds)]
    if isinstance(ephemeral, SqlStore):
        sweeps.append(ephemeral.sweep)

    return House(
        settings=settings,
        clock=clock,
        secrets=secrets,
        database=database,
        ephemeral=ephemeral,
        versions=versions,
        trail=trail,
        languages=languages,
        outbox=outbox,
        worker=worker,
        sweeps=tuple(sweeps),
        keyring=keyring,
        list_keys=ListKeys(database, clock, settings.keys),
        rotate_keys=RotateKeys(database, clock, secrets, trail, settings.keys),
        withdraw_keys=WithdrawKeys(database, clock, secrets, trail, settings.keys),
        clients=clients,
        register_client=RegisterClient(database, clock, trail),
        rotate_secret=RotateSecret(database, clock, clients, trail),
        disable_client=DisableClient(database, clock, trail),
        modules=modules,
        administer_modules=AdministerModules(database, modules, trail),
        consents=consents,
        accounts=accounts,
        hasher=hasher,
        guards=guards,
        temporary_passwords=temporary_passwords,
        create_account=CreateAccount(database, accounts, hasher, temporary_passwords, outbox, trail, settings),
        administer_account=AdministerAccount(database, accounts, guards, send, trail),
        authenticator_apps=apps,
        passcodes=passcodes,
        second_factors=second_factors,
        cookies=CookieJar(settings),
        sessions=sessions,
        flow=flow,
        check_password=CheckPassword(
            database, clock, settings, throttle, accounts, hasher, temporary_passwords, attempts, employees, flow, trail
        ),
        send_passcode=SendPasscode(database, flow, accounts, guards, devices, passcodes, outbox, trail),
        check_passcode=CheckPasscode(database, flow, guards, passcodes, attempts, accept),
        check_app=CheckApp(flow, apps, attempts, accept),
        captcha=captcha,
        request_reset=RequestReset(database, clock, resets, waited, captcha, interactions, outbox, trail, settings),
        set_new_password=SetNewPassword(
            database,
            clock,
            settings,
            flow,
            accounts,
            hasher,
            temporary_passwords,
            passcodes,
            end_sessions,
            complete,
            outbox,
            trail,
        ),
        enrol_app=EnrolApp(database, clock, apps, sessions, outbox, trail),
        remove_app=RemoveApp(database, apps, trail),
        choose_account=ChooseAccount(flow),
        choose_language=ChooseLanguage(database, accounts, interactions),
        give_consent=GiveConsent(database, flow, consents, trail),
        note_denied=NoteDenied(database, trail),
        sign_out=SignOut(database, end_sessions),
        disable_account=DisableAccount(database, accounts, passcodes, end_sessions, trail),
    )


def create_app(house: House) -> Flask:
    """Return the web application over `house`."""
    settings = house.settings
    app = Flask("idp", static_folder=None, template_folder=paths.resource("templates"))
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.config["TRUSTED_HOSTS"] = [urlsplit(settings.issuer).hostname]

    kit = install_kit(app, settings, house.clock, house.secrets, house.cookies, house.languages)
    ErrorHandlers(kit.error_pages.page, lambda request: request.path in BACK_CHANNEL_PATHS).install(app)
    visitors = Visitors(settings.trusted_proxies)
    face = Face(kit.error_pages.bad_request, confirm_sign_out_page, allow_form_target)
    routes = protocol_routes(
        ProtocolRooms(
            settings=settings,
            database=house.database,
            ephemeral=house.ephemeral,
            clock=house.clock,
            secrets=house.secrets,
            keyring=house.keyring,
            trail=house.trail,
            clients=house.clients,
            sessions=house.sessions,
            flow=house.flow,
            sign_out=house.sign_out,
            cookies=house.cookies,
            visitors=visitors,
            face=face,
            languages=house.languages,
        )
    )
    app.register_blueprint(protocol_blueprint(routes))
    app.register_blueprint(
        pages_blueprint(
            PageRooms(
                kit=kit,
                clock=house.clock,
                cookies=house.cookies,
                visitors=visitors,
                sessions=house.sessions,
                flow=house.flow,
                modules=house.modules,
                second_factors=house.second_factors,
                check_password=house.check_password,
                send_passcode=house.send_passcode,
                check_passcode=house.check_passcode,
                check_app=house.check_app,
                captcha=house.captcha,
                request_reset=house.request_reset,
                set_new_password=house.set_new_password,
                enrol_app=house.enrol_app,
                choose_account=house.choose_account,
                choose_language=house.choose_language,
                give_consent=house.give_consent,
                note_denied=house.note_denied,
                sign_out=house.sign_out,
            )
        )
    )
    health = readiness(house.database, house.ephemeral, house.keyring)
    issuer = urlsplit(settings.issuer)
    plain = {(method, route.path): short for route in routes for method, short in route.short.items()}
    short_way = ShortWay(app, app.wsgi_app, plain, issuer.hostname or "", fixed_headers(settings))
    app.wsgi_app = Front(short_way, health, issuer.scheme)  # type: ignore[method-assign]
    return app
