"""The one place that builds everything: `build` makes the rooms of the house, floor by floor, and passes each what it needs;
`create_app` puts the web's surfaces on top.
"""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from flask import Flask

from idp import paths
from idp.accounts.rooms import open_accounts
from idp.accounts.seal_plain_rows import SealPlainRows
from idp.audit.events import Event
from idp.authenticators.rooms import open_authenticators
from idp.captcha.captcha import Captcha
from idp.clock import Clock, SystemClock
from idp.directory.directory import Directory
from idp.directory.rooms import open_directories
from idp.directory.upstream import Upstream
from idp.grants.rooms import open_grants
from idp.ground import lay_ground
from idp.house import House
from idp.keyring.rooms import open_keyring
from idp.keyring.rotate_data import RotateData
from idp.modules.rooms import open_modules
from idp.notify.deliveries import deliveries_of
from idp.notify.delivery import Delivery
from idp.notify.render import Renderer
from idp.notify.worker import Worker
from idp.oidc.backchannel_logout import BackchannelLogout
from idp.oidc.blueprint import BACK_CHANNEL_PATHS, ProtocolRooms, protocol_blueprint, protocol_routes
from idp.oidc.client_access import ClientAccess
from idp.oidc.face import Face
from idp.oidc.jose import Jose
from idp.onboarding.rooms import open_onboarding
from idp.pages.blueprint import pages_blueprint
from idp.pages.confirm_sign_out import confirm_sign_out_page
from idp.pages.dead_ends import RECORDED_PER_MINUTE, DeadEnds
from idp.pages.headers import allow_form_target, fixed_headers
from idp.pages.kit import install_kit
from idp.pages.rooms import PageRooms
from idp.registry.rooms import open_registry
from idp.scim.blueprint import ScimRooms, scim_blueprint, scim_error
from idp.settings import Settings
from idp.signin.rooms import open_signin
from idp.signin.throttle import AddressThrottle
from idp.store.ephemeral import SqlStore
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
    upstream: Upstream | None = None,
    deliveries: Mapping[str, Delivery] | None = None,
    watch: Callable[[Event], None] | None = None,
) -> House:
    """Build the house; touches neither database nor Redis yet.

    `directory` and `upstream` know the employees, else what the settings name does; without any they cannot sign in.
    `deliveries` replace those of their channels; `watch` is told of each event of the trail.
    Raises SecretsFault, SmtpUrlFault, LdapSetupFault, UpstreamSetupFault, OutboundFault.
    """
    ground = lay_ground(settings, clock or SystemClock(), watch)

    keys = open_keyring(ground)
    registry = open_registry(ground)
    people = open_accounts(ground)
    directories = open_directories(ground, directory, upstream)
    modules = open_modules(ground, people.guards)
    factors = open_authenticators(ground)
    grants = open_grants(ground)
    captcha = Captcha.over(ground.ephemeral, ground.clock, ground.secrets, settings.captcha)
    signin = open_signin(ground, people, factors, modules, registry, grants, captcha, directories)
    onboarding = open_onboarding(ground, people, modules, captcha)

    jose = Jose(keys.keyring, ground.clock, settings.issuer)
    sent_by_us = deliveries_of(settings, Renderer(settings, ground.languages), ground.clock, ground.outbound)
    sent_by_us |= {
        "logout": BackchannelLogout(
            registry.clients, jose, ground.clock, ground.database, ground.trail, ground.outbound.post_form
        ),
        "reset": signin.send_reset,
        "access": onboarding.take_request,
        "lock": signin.tell_of_lock,
        "notice": people.send_notices,
    }
    it = ground
    plain = SealPlainRows(people.accounts)
    rotate_data = RotateData(it.database, it.clock, it.secrets, it.kept_keys, it.trail, first=(plain,))
    sweeps: list[Callable[[], int]] = [
        rotate_data.sweep,
        signin.sweep_quiet_accounts,
        people.guards.sweep,
        people.notices.sweep,
        people.not_me_links.sweep,
        factors.sweep,
        grants.sweep,
        onboarding.sweep,
    ]
    if isinstance(ground.ephemeral, SqlStore):
        sweeps.append(ground.ephemeral.sweep)

    return House(
        **vars(ground),
        keys=keys,
        registry=registry,
        modules=modules,
        people=people,
        factors=factors,
        grants=grants,
        captcha=captcha,
        signin=signin,
        onboarding=onboarding,
        rotate_data=rotate_data,
        worker=Worker(ground.database, ground.outbox, sent_by_us | dict(deliveries or {})),
        sweeps=tuple(sweeps),
    )


def create_app(house: House) -> Flask:
    """Return the web application over `house`."""
    settings = house.settings
    app = Flask("idp", static_folder=None, template_folder=paths.resource("templates"))
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.config["TRUSTED_HOSTS"] = [urlsplit(settings.issuer).hostname]

    kit = install_kit(app, settings, house.clock, house.secrets, house.signin.cookies, house.languages)
    ErrorHandlers(
        kit.error_pages.page, lambda request: request.path in BACK_CHANNEL_PATHS, of_surface=scim_error
    ).install(app)
    visitors = Visitors(settings.trusted_proxies)
    shown = AddressThrottle(house.ephemeral, house.clock, "dead-ends", RECORDED_PER_MINUTE, 60)
    DeadEnds(house.database, house.trail, house.modules.catalogue, shown, visitors).install(app)
    face = Face(kit.error_pages.bad_request, confirm_sign_out_page, allow_form_target)
    routes = protocol_routes(
        ProtocolRooms(
            settings=settings,
            database=house.database,
            ephemeral=house.ephemeral,
            clock=house.clock,
            secrets=house.secrets,
            keyring=house.keys.keyring,
            account_rows=house.people.accounts.rows,
            trail=house.trail,
            clients=house.registry.clients,
            sessions=house.signin.sessions,
            flow=house.signin.flow,
            sign_out=house.signin.sign_out,
            cookies=house.signin.cookies,
            visitors=visitors,
            face=face,
            languages=house.languages,
        )
    )
    app.register_blueprint(protocol_blueprint(routes))
    jose = Jose(house.keys.keyring, house.clock, settings.issuer)
    app.register_blueprint(
        scim_blueprint(
            ScimRooms(
                ground=house,
                people=house.people,
                factors=house.factors,
                modules=house.modules,
                signin=house.signin,
                authenticate=ClientAccess(jose, house.registry.clients, house.database, "scim"),
                visitors=visitors,
            )
        )
    )
    app.register_blueprint(
        pages_blueprint(
            PageRooms(
                kit=kit,
                clock=house.clock,
                visitors=visitors,
                modules=house.modules,
                factors=house.factors,
                captcha=house.captcha,
                signin=house.signin,
                onboarding=house.onboarding,
            )
        )
    )
    health = readiness(house.database, house.ephemeral, house.keys.keyring)
    issuer = urlsplit(settings.issuer)
    plain = {(method, route.path): short for route in routes for method, short in route.short.items()}
    short_way = ShortWay(app, app.wsgi_app, plain, issuer.hostname or "", fixed_headers(settings))
    app.wsgi_app = Front(short_way, health, issuer.scheme)  # type: ignore[method-assign]
    return app
