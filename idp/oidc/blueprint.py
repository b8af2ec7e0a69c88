"""The protocol's endpoints and their addresses: every endpoint, and what each may touch, can be read here."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Request, Response, request

from idp.accounts.account_rows import AccountRows
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.grants.codes import Codes
from idp.keyring.keyring import Keyring
from idp.language import Languages
from idp.oidc import discovery
from idp.oidc.authorization_checks import AuthorizationChecks
from idp.oidc.authorization_response import AuthorizationResponse
from idp.oidc.authorize import AuthorizeEndpoint
from idp.oidc.client_authentication import AuthenticateClient
from idp.oidc.end_session import CONFIRM_PATH, EndSessionEndpoint
from idp.oidc.face import Face
from idp.oidc.grants import GRANTS
from idp.oidc.jose import Jose
from idp.oidc.ready_bytes import ReadyBytes
from idp.oidc.redeem_code import RedeemCode
from idp.oidc.rotate_refresh_token import RotateRefreshToken
from idp.oidc.token_endpoint import TokenEndpoint, TokenEngine
from idp.oidc.tokens import TokenIssuer
from idp.oidc.userinfo import UserinfoEndpoint
from idp.registry.clients import Clients
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.signin.cookies import CookieJar
from idp.signin.flow import SignInFlow
from idp.signin.sessions import BrowserSessions
from idp.signin.sign_out import SignOut
from idp.store.database import Database
from idp.store.ephemeral import EphemeralStore

BACK_CHANNEL_PATHS = frozenset({"/token", "/userinfo", "/jwks", discovery.PATH})
"""Called by programs: an error there is JSON, never a page."""


@dataclass(frozen=True)
class ProtocolRooms:
    """What the protocol works with. Built by `idp/app.py`."""

    settings: Settings
    database: Database
    ephemeral: EphemeralStore
    clock: Clock
    secrets: RootSecrets
    keyring: Keyring
    account_rows: AccountRows
    trail: Trail
    clients: Clients
    sessions: BrowserSessions
    flow: SignInFlow
    sign_out: SignOut
    cookies: CookieJar
    visitors: Callable[[Request], Visitor]
    face: Face
    languages: Languages


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint and its address."""

    path: str
    methods: tuple[str, ...]
    endpoint: Callable[[Request], Response]
    short: Mapping[str, Callable[[Request], Response | None]]
    """Answers the plain case by method, without Flask's contexts (`idp/web/short_way.py`)."""


def protocol_routes(rooms: ProtocolRooms) -> tuple[Route, ...]:
    """Return the endpoints over `rooms`."""
    issuer = rooms.settings.issuer
    jose = Jose(rooms.keyring, rooms.clock, issuer)
    codes = Codes(rooms.ephemeral, rooms.settings.tokens.code_seconds)
    authorize = AuthorizeEndpoint(
        AuthorizationChecks(rooms.clients, jose),
        AuthorizationResponse(issuer, rooms.face),
        rooms.sessions,
        rooms.flow,
        codes,
        rooms.cookies,
    )
    token = _token_endpoint(rooms, jose, codes)
    userinfo = UserinfoEndpoint(
        jose, rooms.clients, rooms.database, rooms.account_rows, rooms.clock, f"{issuer}/userinfo"
    )
    end_session = EndSessionEndpoint(
        jose, rooms.clients, rooms.sessions, rooms.sign_out, rooms.secrets, rooms.cookies, rooms.face
    )
    said = discovery.document(issuer, rooms.languages.available)
    configuration = ReadyBytes(lambda: 0, lambda: said, "application/json")
    jwks = ReadyBytes(
        lambda: rooms.keyring.version, lambda: json.dumps(rooms.keyring.jwks()).encode(), "application/jwk-set+json"
    )

    return (
        Route("/authorize", ("GET", "POST"), authorize, {"GET": authorize.plain}),
        Route("/authorize/resume", ("GET",), authorize.resume, {}),
        _for_programs("/token", ("POST",), lambda asked: token(asked, rooms.visitors(asked))),
        _for_programs("/userinfo", ("GET", "POST"), userinfo),
        Route("/end-session", ("GET", "POST"), lambda asked: end_session(asked, rooms.visitors(asked)), {}),
        Route(CONFIRM_PATH, ("POST",), lambda asked: end_session.confirm(asked, rooms.visitors(asked)), {}),
        _for_programs("/jwks", ("GET",), jwks),
        _for_programs(discovery.PATH, ("GET",), configuration),
    )


def _for_programs(path: str, methods: tuple[str, ...], endpoint: Callable[[Request], Response]) -> Route:
    return Route(path, methods, endpoint, dict.fromkeys(methods, endpoint))


def protocol_blueprint(routes: Iterable[Route]) -> Blueprint:
    """Return the endpoints as Flask wants them."""
    blueprint = Blueprint("protocol", __name__)
    for route in routes:
        _add(blueprint, route.path, route.methods, route.endpoint)
    return blueprint


def _add(blueprint: Blueprint, path: str, methods: tuple[str, ...], endpoint: Callable[[Request], Response]) -> None:
    def view() -> Response:
        # A HEAD comes from somebody who only looks (a mail scanner, a preview): it must spend nothing.
        if request.method == "HEAD" and not isinstance(endpoint, ReadyBytes):
            return Response(status=204)
        return endpoint(request)

    name = path.strip("/.").replace(".", " ")
    blueprint.add_url_rule(path, name, view, methods=methods, provide_automatic_options=False)


def _token_endpoint(rooms: ProtocolRooms, jose: Jose, codes: Codes) -> TokenEndpoint:
    issuer, lifetimes = rooms.settings.issuer, rooms.settings.tokens
    authenticate = AuthenticateClient(
        rooms.clients,
        rooms.clock,
        jose,
        rooms.ephemeral,
        rooms.database,
        rooms.trail,
        audiences=(issuer, f"{issuer}/token"),
    )
    engine = TokenEngine(
        GRANTS,
        authenticate=authenticate,
        redeem_code=RedeemCode(rooms.database, rooms.account_rows, rooms.clock, codes, rooms.trail, lifetimes),
        rotate_refresh_token=RotateRefreshToken(rooms.database, rooms.account_rows, rooms.clock, rooms.trail),
        issuer=TokenIssuer(jose, rooms.clock, lifetimes, issuer),
        database=rooms.database,
        clock=rooms.clock,
        trail=rooms.trail,
    )
    return TokenEndpoint(engine)
