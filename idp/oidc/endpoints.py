"""The protocol's endpoints and their addresses: every endpoint, and what each may touch, can be read here."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from flask import Request, Response

from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.grants.codes import Codes
from idp.keyring.keyring import Keyring
from idp.language import Languages
from idp.oidc import discovery
from idp.oidc.authorization import device_authorization, push_request
from idp.oidc.authorization.authorize import PATH as AUTHORIZE_PATH
from idp.oidc.authorization.authorize import AuthorizeEndpoint
from idp.oidc.authorization.checks import AuthorizationChecks
from idp.oidc.authorization.device_authorization import DeviceAuthorizationEndpoint
from idp.oidc.authorization.push_request import PushRequestEndpoint
from idp.oidc.authorization.pushed_requests import PushedRequests
from idp.oidc.authorization.request_object import RequestObjects
from idp.oidc.authorization.response import AuthorizationResponse
from idp.oidc.clients import client_information
from idp.oidc.clients.assertions import ClientAssertions
from idp.oidc.clients.authentication import AuthenticateClient
from idp.oidc.clients.client_jwts import ClientJwts
from idp.oidc.clients.registration import RegistrationEndpoint
from idp.oidc.clients.registration_management import RegistrationManagementEndpoint
from idp.oidc.cross_origin import CrossOrigin
from idp.oidc.face import Face
from idp.oidc.jose import Jose
from idp.oidc.people.people import People
from idp.oidc.people.userinfo import UserinfoEndpoint
from idp.oidc.ready_bytes import ReadyBytes
from idp.oidc.route import PUBLIC_DOCUMENTS, Route, for_everybody, for_programs
from idp.oidc.sign_out.end_session import CONFIRM_PATH, EndSessionEndpoint
from idp.oidc.sign_out.end_session import PATH as END_SESSION_PATH
from idp.oidc.tokens import introspection, revocation
from idp.oidc.tokens.access_tokens import AccessTokens
from idp.oidc.tokens.endpoint import PATH as TOKEN_PATH
from idp.oidc.tokens.endpoint import TokenEndpoint, TokenEngine
from idp.oidc.tokens.grants import GRANTS
from idp.oidc.tokens.introspection import IntrospectionEndpoint
from idp.oidc.tokens.issuer import TokenIssuer
from idp.oidc.tokens.lifetimes import Lifetimes
from idp.oidc.tokens.presented_token import PresentedTokens
from idp.oidc.tokens.redeem_code import RedeemCode
from idp.oidc.tokens.resources import USERINFO_PATH
from idp.oidc.tokens.revocation import RevocationEndpoint
from idp.oidc.tokens.rotate_refresh_token import RotateRefreshToken
from idp.oidc.tokens.token_facts import TokenFacts
from idp.outbound import Outbound
from idp.registry.client_keys import ClientKeys
from idp.registry.clients import Clients
from idp.registry.rooms import RegistryRooms
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.signin.browser_state import CHECK_SESSION_PATH, BrowserState
from idp.signin.cookies import CookieJar
from idp.signin.demand import RESUME_PATH
from idp.signin.flow import SignInFlow
from idp.signin.leave_browser import LeaveBrowser
from idp.signin.record_stranger import RecordStranger
from idp.signin.sessions import BrowserSessions
from idp.signin.sign_out import SignOut
from idp.signin.throttle import AddressThrottle
from idp.store.database import Database
from idp.store.ephemeral import EphemeralStore

CLIENTS_PATHS = (TOKEN_PATH, push_request.PATH, device_authorization.PATH, revocation.PATH, introspection.PATH)
"""Where clients show who they are."""
BACK_CHANNEL_PATHS = frozenset({*CLIENTS_PATHS, client_information.PATH, USERINFO_PATH, *PUBLIC_DOCUMENTS})
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
    people: People
    trail: Trail
    registry: RegistryRooms
    clients: Clients
    client_keys: ClientKeys
    outbound: Outbound
    sessions: BrowserSessions
    flow: SignInFlow
    sign_out: SignOut
    cookies: CookieJar
    browser_state: BrowserState
    leave_browser: LeaveBrowser
    visitors: Callable[[Request], Visitor]
    face: Face
    languages: Languages
    tokens: PresentedTokens


def is_back_channel(path: str) -> bool:
    """Whether programs call this address, so that every error there must be JSON."""
    return path in BACK_CHANNEL_PATHS or path.startswith(f"{client_information.PATH}/")


def protocol_routes(rooms: ProtocolRooms) -> tuple[Route, ...]:
    """Return the endpoints over `rooms`."""
    issuer = rooms.settings.issuer
    jose = Jose(rooms.keyring, rooms.clock, issuer)
    proofs = rooms.tokens.proofs
    codes = Codes(rooms.ephemeral, rooms.settings.tokens.code_seconds)
    pushed = PushedRequests(
        rooms.ephemeral,
        rooms.settings.tokens.pushed_request_seconds,
        rooms.settings.interaction.lifetime_seconds,
    )
    client_jwts = ClientJwts(rooms.client_keys, rooms.clock, issuer)
    checks = AuthorizationChecks(
        rooms.clients, jose, rooms.people.subjects, RequestObjects(client_jwts, rooms.outbound)
    )
    authenticate = _client_authentication(rooms, client_jwts)
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
    push = PushRequestEndpoint(authenticate, checks, pushed, proofs, issuer + push_request.PATH, rooms.flow.limit)
    ask_for_device = _device_authorization(rooms, checks, authenticate)
    revoke = RevocationEndpoint(authenticate, rooms.tokens.access_tokens, rooms.database, rooms.clock, rooms.trail)
    facts = TokenFacts(rooms.tokens.access_tokens, rooms.clients, rooms.people, rooms.database, rooms.clock)
    introspect = IntrospectionEndpoint(authenticate, facts, jose)
    token = _token_endpoint(rooms, jose, rooms.tokens.access_tokens, codes, authenticate)
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

    def of_public_clients(path: str, endpoint: Callable[[Request, Visitor], Response]) -> Route:
        answer = CrossOrigin(
            lambda asked: endpoint(asked, rooms.visitors(asked)), rooms.clients.is_public_origin, ("POST",)
        )
        return for_programs(path, ("POST",), answer)

    return (
        Route(AUTHORIZE_PATH, ("GET", "POST"), authorize, {"GET": authorize.plain}),
        Route(RESUME_PATH, ("GET",), authorize.resume, {}),
        for_programs(push_request.PATH, ("POST",), lambda asked: push(asked, rooms.visitors(asked))),
        of_public_clients(TOKEN_PATH, token),
        of_public_clients(device_authorization.PATH, ask_for_device),
        of_public_clients(revocation.PATH, revoke),
        for_programs(introspection.PATH, ("POST",), lambda asked: introspect(asked, rooms.visitors(asked))),
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
    register = RegistrationEndpoint(rooms.registry, throttle, limits, issuer, rooms.database, rooms.trail)
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


def _device_authorization(
    rooms: ProtocolRooms, checks: AuthorizationChecks, authenticate: AuthenticateClient
) -> DeviceAuthorizationEndpoint:
    limits = rooms.settings.device
    throttle = AddressThrottle(rooms.ephemeral, rooms.clock, "device-codes", limits.asked_per_minute, 60)
    return DeviceAuthorizationEndpoint(
        authenticate, checks, throttle, rooms.secrets, rooms.database, rooms.clock, rooms.trail, limits
    )


def _client_authentication(rooms: ProtocolRooms, client_jwts: ClientJwts) -> AuthenticateClient:
    issuer = rooms.settings.issuer
    assertions = ClientAssertions(
        client_jwts,
        rooms.clock,
        rooms.ephemeral,
        audiences=(issuer, *(issuer + path for path in CLIENTS_PATHS)),
    )
    record = RecordStranger(rooms.database, rooms.ephemeral, rooms.clock, rooms.trail)
    return AuthenticateClient(rooms.clients, rooms.clock, assertions, record)


def _token_endpoint(
    rooms: ProtocolRooms, jose: Jose, access_tokens: AccessTokens, codes: Codes, authenticate: AuthenticateClient
) -> TokenEndpoint:
    issuer, lifetimes = rooms.settings.issuer, Lifetimes(rooms.settings.tokens)
    proofs = rooms.tokens.proofs
    engine = TokenEngine(
        GRANTS,
        authenticate=authenticate,
        proofs=proofs,
        redeem_code=RedeemCode(rooms.database, rooms.people, rooms.clock, codes, rooms.trail, lifetimes),
        rotate_refresh_token=RotateRefreshToken(rooms.database, rooms.people, rooms.clock, rooms.trail),
        issuer=TokenIssuer(jose, access_tokens, rooms.clock, lifetimes, rooms.people.subjects, issuer),
        database=rooms.database,
        clock=rooms.clock,
        trail=rooms.trail,
    )
    return TokenEndpoint(engine, proofs, issuer + TOKEN_PATH)
