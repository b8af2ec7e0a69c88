"""Tells a client that a session has ended (OIDC Back-Channel Logout 1.0): the outbox's delivery for sign-outs.

The logout token is signed when it is sent, so that one sent late by a retry is as fresh as the first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.notify.delivery import DeliveryFailed, Payload
from idp.oidc.jose import LOGOUT_TOKEN_TYPE, Jose
from idp.oidc.subjects import Subjects
from idp.outbound import OutboundFault
from idp.registry.client import Client
from idp.registry.clients import Clients
from idp.store.database import Database

LOGOUT_TOKEN_SECONDS = 120
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True)
class BackchannelLogout:
    """Delivers one sign-out to one client."""

    clients: Clients
    subjects: Subjects
    jose: Jose
    clock: Clock
    database: Database
    trail: Trail
    post_form: Callable[[str, Mapping[str, str]], int]

    def __call__(self, payload: Payload, message_id: str) -> None:
        """Post the logout token. Raises DeliveryFailed to be tried again.

        A client that is gone, or has no logout address any more, needs no telling.
        """
        client = self.clients.get(payload["fields"]["client_id"])
        if client is None or not client.backchannel_logout_uri:
            return
        token = self._token(client, payload, message_id)
        try:
            status = self.post_form(client.backchannel_logout_uri, {"logout_token": token})
        except OutboundFault as error:
            self._record(Event.LOGOUT_FAILED, client.client_id, payload, reason="no_answer")
            raise DeliveryFailed("no answer") from error
        if status not in (200, 204):
            self._record(Event.LOGOUT_FAILED, client.client_id, payload, reason=f"status_{status}")
            raise DeliveryFailed(f"status {status}")
        self._record(Event.LOGOUT_DELIVERED, client.client_id, payload)

    def _token(self, client: Client, payload: Payload, message_id: str) -> str:
        now = self.clock.now()
        claims = {
            "iss": self.jose.issuer,
            "aud": client.client_id,
            "iat": now,
            "exp": now + LOGOUT_TOKEN_SECONDS,
            "jti": message_id,
            "sub": self.subjects.shown(client, payload["fields"]["sub"]),
            "sid": payload["fields"]["sid"],
            "events": {EVENT: {}},
        }
        return self.jose.sign(claims, client.id_token_signed_response_alg, LOGOUT_TOKEN_TYPE)

    def _record(self, event: Event, client_id: str, payload: Payload, **details: str) -> None:
        with self.database.reading() as connection:
            self.trail.record(
                connection,
                event,
                Visitor(),
                subject=str(payload["fields"]["sub"]),
                client_id=client_id,
                sid=str(payload["fields"]["sid"]),
                **details,
            )
