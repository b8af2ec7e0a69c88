"""`create_app`: the web's surfaces on top of the house. What stands below them is built in `idp/house.py`."""

from urllib.parse import urlsplit

from flask import Flask

from idp import paths
from idp.house import House
from idp.oidc.dpop.proofs import open_dpop
from idp.oidc.endpoints import is_back_channel, protocol_routes
from idp.oidc.face import Face
from idp.oidc.jose import Jose
from idp.oidc.people.people import People
from idp.oidc.people.subjects import Subjects
from idp.oidc.rooms import ProtocolRooms
from idp.oidc.route import protocol_blueprint
from idp.oidc.tokens.access_tokens import AccessTokens
from idp.oidc.tokens.client_access import ClientAccess
from idp.oidc.tokens.presented_token import PresentedTokens
from idp.pages.blueprint import pages_blueprint
from idp.pages.check_session import check_session_page
from idp.pages.confirm_sign_out import confirm_sign_out_page
from idp.pages.dead_ends import RECORDED_PER_MINUTE, DeadEnds
from idp.pages.headers import allow_form_target, fixed_headers
from idp.pages.kit import install_kit
from idp.pages.leave_modules import leave_modules_page
from idp.pages.rooms import PageRooms
from idp.scim.blueprint import scim_blueprint, scim_error
from idp.scim.rooms import ScimRooms
from idp.signin.throttle import AddressThrottle
from idp.web.errors import ErrorHandlers
from idp.web.front import Front
from idp.web.readiness import readiness
from idp.web.short_way import ShortWay
from idp.web.visitor import Visitors

BODY_BYTES = 65_536
"""The longest body that is read; more is answered 413 (SECURITY X3)."""


def create_app(house: House) -> Flask:
    """Return the web application over `house`."""
    settings = house.settings
    app = Flask("idp", static_folder=None, template_folder=paths.resource("templates"))
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.config["TRUSTED_HOSTS"] = [urlsplit(settings.issuer).hostname]

    kit = install_kit(app, settings, house.clock, house.secrets, house.signin.cookies, house.languages)
    ErrorHandlers(kit.error_pages.page, lambda request: is_back_channel(request.path), of_surface=scim_error).install(
        app
    )
    visitors = Visitors(settings.trusted_proxies)
    shown = AddressThrottle(house.ephemeral, house.clock, "dead-ends", RECORDED_PER_MINUTE, 60)
    DeadEnds(house.database, house.trail, house.modules.catalogue, shown, visitors).install(app)
    face = Face(
        kit.error_pages.bad_request, confirm_sign_out_page, leave_modules_page, check_session_page, allow_form_target
    )
    jose = Jose(house.keys.keyring, house.clock, settings.issuer)
    tokens = PresentedTokens(
        AccessTokens(jose, house.ephemeral, house.clock),
        open_dpop(house.ephemeral, house.clock, house.secrets, settings.dpop),
    )
    routes = protocol_routes(
        ProtocolRooms(
            settings=settings,
            database=house.database,
            ephemeral=house.ephemeral,
            clock=house.clock,
            secrets=house.secrets,
            keyring=house.keys.keyring,
            people=People(house.people.accounts.rows, Subjects(house.database, house.lasting_keys)),
            trail=house.trail,
            registry=house.registry,
            clients=house.registry.clients,
            client_keys=house.registry.client_keys,
            outbound=house.outbound,
            sessions=house.signin.sessions,
            flow=house.signin.flow,
            sign_out=house.signin.sign_out,
            cookies=house.signin.cookies,
            browser_state=house.signin.browser_state,
            leave_browser=house.signin.leave_browser,
            visitors=visitors,
            face=face,
            languages=house.languages,
            tokens=tokens,
        )
    )
    app.register_blueprint(protocol_blueprint(routes))
    app.register_blueprint(
        scim_blueprint(
            ScimRooms(
                ground=house,
                people=house.people,
                factors=house.factors,
                modules=house.modules,
                signin=house.signin,
                authenticate=ClientAccess(tokens, house.registry.clients, house.database, settings.issuer, "scim"),
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
                clients=house.registry.clients,
            )
        )
    )
    health = readiness(house.database, house.ephemeral, house.keys.keyring)
    issuer = urlsplit(settings.issuer)
    plain = {(method, route.path): short for route in routes for method, short in route.short.items()}
    short_way = ShortWay(app, app.wsgi_app, plain, issuer.hostname or "", fixed_headers(settings))
    app.wsgi_app = Front(short_way, health, issuer.scheme)  # type: ignore[method-assign]
    return app
