"""The endpoints that clients call as themselves: each is its own answer over the steps that all share (`back_channel.py`)."""

from collections.abc import Callable

from flask import Response

from idp.grants.codes import Codes
from idp.oidc.authorization import device_authorization, push_request
from idp.oidc.authorization.device_authorization import DeviceAuthorizationEndpoint
from idp.oidc.authorization.push_request import PushRequestEndpoint
from idp.oidc.authorization.pushed_requests import PushedRequests
from idp.oidc.authorization.run_checks import AuthorizationChecks
from idp.oidc.back_channel import BackChannelEndpoint, ProvenAt
from idp.oidc.clients.assertions import ClientAssertions
from idp.oidc.clients.authentication import AuthenticateClient
from idp.oidc.clients.client_jwts import ClientJwts
from idp.oidc.clients.client_request import ClientRequest
from idp.oidc.cross_origin import CrossOrigin
from idp.oidc.jose import Jose
from idp.oidc.rooms import ProtocolRooms
from idp.oidc.route import Route, for_programs
from idp.oidc.tokens import endpoint as token
from idp.oidc.tokens import introspection, revocation
from idp.oidc.tokens.endpoint import TokenEndpoint
from idp.oidc.tokens.engine import TokenEngine
from idp.oidc.tokens.grants import GRANTS
from idp.oidc.tokens.introspection import IntrospectionEndpoint
from idp.oidc.tokens.issuer import TokenIssuer
from idp.oidc.tokens.lifetimes import Lifetimes
from idp.oidc.tokens.redeem_code import RedeemCode
from idp.oidc.tokens.revocation import RevocationEndpoint
from idp.oidc.tokens.rotate_refresh_token import RotateRefreshToken
from idp.oidc.tokens.token_facts import TokenFacts
from idp.signin.record_stranger import RecordStranger
from idp.signin.throttle import AddressThrottle

PATHS = (token.PATH, push_request.PATH, device_authorization.PATH, revocation.PATH, introspection.PATH)
"""Where clients show who they are."""


def client_routes(
    rooms: ProtocolRooms,
    jose: Jose,
    client_jwts: ClientJwts,
    checks: AuthorizationChecks,
    pushed: PushedRequests,
    codes: Codes,
) -> tuple[Route, ...]:
    """Return the endpoints over `rooms` and what they share with /authorize."""
    issuer, database, clock, trail = rooms.settings.issuer, rooms.database, rooms.clock, rooms.trail
    access_tokens, device = rooms.tokens.access_tokens, rooms.settings.device
    authenticate = _client_authentication(rooms, client_jwts)
    throttle = AddressThrottle(rooms.ephemeral, clock, "device-codes", device.asked_per_minute, 60)
    facts = TokenFacts(access_tokens, rooms.clients, rooms.people, database, clock)

    def route(
        path: str,
        answer: Callable[[ClientRequest], Response],
        *,
        takes_proofs: bool = False,
        from_pages: bool = True,
    ) -> Route:
        proven = ProvenAt(rooms.tokens.proofs, issuer + path) if takes_proofs else None
        endpoint = BackChannelEndpoint(answer, rooms.visitors, proven)
        if not from_pages:
            return for_programs(path, ("POST",), endpoint)
        return for_programs(path, ("POST",), CrossOrigin(endpoint, rooms.clients.is_public_origin, ("POST",)))

    return (
        route(
            push_request.PATH, PushRequestEndpoint(authenticate, checks, pushed, rooms.flow.limit), takes_proofs=True
        ),
        route(token.PATH, TokenEndpoint(_token_engine(rooms, jose, codes, authenticate)), takes_proofs=True),
        route(
            device_authorization.PATH,
            DeviceAuthorizationEndpoint(authenticate, checks, throttle, rooms.secrets, database, clock, trail, device),
        ),
        route(revocation.PATH, RevocationEndpoint(authenticate, access_tokens, database, clock, trail)),
        route(introspection.PATH, IntrospectionEndpoint(authenticate, facts, jose), from_pages=False),
    )


def _client_authentication(rooms: ProtocolRooms, client_jwts: ClientJwts) -> AuthenticateClient:
    issuer = rooms.settings.issuer
    assertions = ClientAssertions(
        client_jwts, rooms.clock, rooms.ephemeral, audiences=(issuer, *(issuer + path for path in PATHS))
    )
    record = RecordStranger(rooms.database, rooms.ephemeral, rooms.clock, rooms.trail)
    return AuthenticateClient(rooms.clients, rooms.clock, assertions, rooms.tokens.proofs, record)


def _token_engine(rooms: ProtocolRooms, jose: Jose, codes: Codes, authenticate: AuthenticateClient) -> TokenEngine:
    database, people, clock, trail = rooms.database, rooms.people, rooms.clock, rooms.trail
    lifetimes = Lifetimes(rooms.settings.tokens)
    return TokenEngine(
        GRANTS,
        authenticate=authenticate,
        redeem_code=RedeemCode(database, people, clock, codes, trail, lifetimes),
        rotate_refresh_token=RotateRefreshToken(database, people, clock, trail),
        issuer=TokenIssuer(jose, rooms.tokens.access_tokens, clock, lifetimes, people.subjects, rooms.settings.issuer),
        database=database,
        clock=clock,
        trail=trail,
    )
