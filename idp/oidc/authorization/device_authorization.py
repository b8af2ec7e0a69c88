"""POST /device_authorization (RFC 8628 3.1): a device without a browser asks for a code that its person enters elsewhere."""

from dataclasses import dataclass

from flask import Response

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.grants import device_authorizations
from idp.grants.device_authorizations import IssuedCodes
from idp.grants.device_terms import DeviceTerms
from idp.oidc.authorization.checks import Asked, max_age, resources, scope
from idp.oidc.authorization.requested_acr import requested_acr
from idp.oidc.authorization.run_checks import AuthorizationChecks
from idp.oidc.back_channel import json_answer
from idp.oidc.clients.authentication import AuthenticateClient
from idp.oidc.clients.client_request import ClientRequest
from idp.oidc.errors import Code, ProtocolError, too_many
from idp.oidc.parameters import Parameters
from idp.registry.client import Client
from idp.registry.metadata import DEVICE_CODE
from idp.sealing import RootSecrets
from idp.settings import Device
from idp.signin.throttle import AddressThrottle
from idp.store.database import Database

PATH = "/device_authorization"
VERIFICATION_PATH = "/device"
"""The page where people enter the code."""


@dataclass(frozen=True)
class DeviceAuthorizationEndpoint:
    """The endpoint. What is asked is checked by the rules of /authorize, so that a device gets no more than a browser."""

    authenticate: AuthenticateClient
    checks: AuthorizationChecks
    throttle: AddressThrottle
    """For clients that cannot authenticate: anybody could ask in their name."""
    root: RootSecrets
    database: Database
    clock: Clock
    trail: Trail
    settings: Device

    def __call__(self, request: ClientRequest) -> Response:
        """Answer one request. Raises ProtocolError, StoreUnavailable."""
        client = self.authenticate(request)
        codes = self._begin(client, self._checked(client, request.parameters), request.visitor)
        page = f"{self.checks.jose.issuer}{VERIFICATION_PATH}"
        return json_answer(
            {
                "device_code": codes.device_code,
                "user_code": codes.user_code,
                "verification_uri": page,
                "verification_uri_complete": f"{page}?user_code={codes.user_code}",
                "expires_in": self.settings.code_seconds,
                "interval": self.settings.poll_seconds,
            }
        )

    def _checked(self, client: Client, form: Parameters) -> DeviceTerms:
        if DEVICE_CODE not in client.grant_types:
            raise ProtocolError(Code.UNAUTHORIZED_CLIENT, "this client is not registered for the device grant")
        if "request" in form or "request_uri" in form:
            raise ProtocolError(Code.REQUEST_NOT_SUPPORTED, "a device cannot ask by a request object")
        asked = Asked(form, client, self.checks.jose, self.checks.subjects)
        return DeviceTerms(
            scope=scope(asked),
            acr=requested_acr(client, form),
            max_age=max_age(asked),
            resources=resources(asked),
        )

    def _begin(self, client: Client, terms: DeviceTerms, visitor: Visitor) -> IssuedCodes:
        self._limit(client, visitor)
        with self.database.transaction() as connection:
            codes = device_authorizations.begin(
                connection,
                self.root,
                client.client_id,
                terms,
                interval=self.settings.poll_seconds,
                now=self.clock.now(),
                seconds=self.settings.code_seconds,
            )
            self.trail.record(
                connection,
                Event.DEVICE_CODE_ISSUED,
                visitor,
                actor=f"client:{client.client_id}",
                client_id=client.client_id,
                scope=" ".join(terms.scope),
            )
        return codes

    def _limit(self, client: Client, visitor: Visitor) -> None:
        if not client.is_public:
            return
        over = self.throttle.count(visitor.address)
        if over is None:
            return
        if over.is_first:
            with self.database.reading() as connection:
                self.trail.record(connection, Event.DEVICE_CODES_THROTTLED, visitor, client_id=client.client_id)
        raise too_many(over.retry_after, "too many codes were asked for from this address")
