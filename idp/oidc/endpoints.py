"""The protocol's endpoints and their addresses: every endpoint, and what each may touch, can be read here.

Those that clients call as themselves are in `client_endpoints.py`.
"""

import json

from idp.grants.codes import Codes
from idp.oidc import client_endpoints, discovery
from idp.oidc.authorization.authorize import PATH as AUTHORIZE_PATH
from idp.oidc.authorization.authorize import AuthorizeEndpoint
from idp.oidc.authorization.pushed_requests import PushedRequests
from idp.oidc.authorization.request_object import RequestObjects
from idp.oidc.authorization.response import AuthorizationResponse
from idp.oidc.authorization.run_checks import AuthorizationChecks
from idp.oidc.client_endpoints import client_routes
from idp.oidc.clients import client_information
from idp.oidc.clients.client_jwts import ClientJwts
from idp.oidc.clients.registration import RegistrationEndpoint
from idp.oidc.clients.registration_management import RegistrationManagementEndpoint
from idp.oidc.jose import Jose
from idp.oidc.ready_bytes import ReadyBytes
from idp.oidc.rooms import ProtocolRooms
from idp.oidc.route import PUBLIC_DOCUMENTS, Route, for_everybody, for_programs
from idp.oidc.sign_out.end_session import CONFIRM_PATH, EndSessionEndpoint
from idp.oidc.sign_out.end_session import PATH as END_SESSION_PATH
from idp.oidc.tokens.resources import USERINFO_PATH
from idp.oidc.userinfo import UserinfoEndpoint
from idp.signin.browser_state import CHECK_SESSION_PATH
from idp.signin.demand import RESUME_PATH
from idp.signin.throttle import AddressThrottle, TotalThrottle

BACK_CHANNEL_PATHS = frozenset({*client_endpoints.PATHS, client_information.PATH, USERINFO_PATH, *PUBLIC_DOCUMENTS})
"""Called by programs: an error there is JSON, never a page."""


def is_back_channel(path: str) -> bool:
    """Whether programs call this address, so that every error there must be JSON."""
    return path in BACK_CHANNEL_PATHS or path.startswith(f"{client_information.PATH}/")


def protocol_routes(rooms: ProtocolRooms) -> tuple[Route, ...]:
    """Return the endpoints over `rooms`."""
    issuer = rooms.settings.issuer
    jose = Jose(rooms.keyring, rooms.clock, issuer)
    codes = Codes(rooms.ephemeral, rooms.settings.tokens.code_seconds)
    pushed = PushedRequests(
        rooms.ephemeral,
        rooms.settings.tokens.pushed_request_seconds,
        # A sign-in that somebody works at lives on: each step gives it its whole lifetime again.
        4 * rooms.settings.interaction.lifetime_seconds,
    )
    client_jwts = ClientJwts(rooms.client_keys, rooms.clock, issuer)
    checks = AuthorizationChecks(
        rooms.clients, jose, rooms.people.subjects, RequestObjects(client_jwts, rooms.outbound)
    )
    authorize = AuthorizeEndpoint(
        checks,
        AuthorizationResponse(issuer, jose, rooms.face, rooms.browser_state),
        rooms.sessions,
        rooms.flow,
        codes,
        pushed,
        rooms.cookies,
        rooms.visitors,
    )
    userinfo = UserinfoEndpoint(
        rooms.tokens, jose, rooms.clients, rooms.database, rooms.people, rooms.clock, issuer + USERINFO_PATH
    )
    end_session = EndSessionEndpoint(
        jose,
        rooms.clients,
        rooms.sessions,
        rooms.sign_out,
        rooms.secrets,
        rooms.cookies,
        rooms.leave_browser,
        rooms.face,
        rooms.people.subjects,
    )
    configuration = _configuration(rooms)
    jwks = ReadyBytes(
        lambda: rooms.keyring.version, lambda: json.dumps(rooms.keyring.jwks()).encode(), "application/jwk-set+json"
    )

    return (
        Route(AUTHORIZE_PATH, ("GET", "POST"), authorize, {"GET": authorize.plain}),
        Route(RESUME_PATH, ("GET",), authorize.resume, {}),
        *client_routes(rooms, jose, client_jwts, checks, pushed, codes),
        for_everybody(USERINFO_PATH, ("GET", "POST"), userinfo),
        Route(END_SESSION_PATH, ("GET", "POST"), lambda asked: end_session(asked, rooms.visitors(asked)), {}),
        Route(CONFIRM_PATH, ("POST",), lambda asked: end_session.confirm(asked, rooms.visitors(asked)), {}),
        *_watching(rooms),
        for_everybody(discovery.JWKS_PATH, ("GET",), jwks),
        *(for_everybody(path, ("GET",), configuration) for path in discovery.PATHS),
        *_registration(rooms),
    )


def _configuration(rooms: ProtocolRooms) -> ReadyBytes:
    is_offered = rooms.registry.registration_is_offered

    def said() -> bytes:
        return discovery.document(
            rooms.settings.issuer,
            rooms.languages.available,
            rooms.keyring.algorithms(),
            session_management=rooms.settings.session.management,
            registration=is_offered(),
        )

    return ReadyBytes(lambda: 2 * rooms.keyring.version + is_offered(), said, "application/json")


def _registration(rooms: ProtocolRooms) -> tuple[Route, ...]:
    limits, issuer = rooms.settings.registration, rooms.settings.issuer
    throttle = AddressThrottle(rooms.ephemeral, rooms.clock, "registrations", limits.per_hour, 3_600)
    in_total = TotalThrottle(rooms.ephemeral, rooms.clock, "open-registrations", limits.open_per_day, 86_400)
    register = RegistrationEndpoint(rooms.registry, throttle, in_total, limits, issuer, rooms.database, rooms.trail)
    manage = RegistrationManagementEndpoint(rooms.registry, throttle, issuer, rooms.clock, rooms.database, rooms.trail)
    return (
        for_programs(client_information.PATH, ("POST",), lambda asked: register(asked, rooms.visitors(asked))),
        Route(
            f"{client_information.PATH}/<client_id>",
            ("GET", "PUT", "DELETE"),
            lambda asked: manage(asked, rooms.visitors(asked)),
            {},
        ),
    )


def _watching(rooms: ProtocolRooms) -> tuple[Route, ...]:
    """Return the frame in which clients watch the session, where session management is on."""
    state, page = rooms.browser_state, rooms.face.check_session
    return (Route(CHECK_SESSION_PATH, ("GET",), lambda _asked: page(state), {}),) if state.is_on else ()
