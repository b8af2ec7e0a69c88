"""Tells a client that a session has ended (OIDC Back-Channel Logout 1.0): the outbox's delivery for sign-outs.

The logout token is signed when it is sent, so that one sent late by a retry is as fresh as the first. A client that does
not answer is called again five times within the hour; then an alarm goes into the trail, and only an operator has it called
again (SECURITY 4.21).
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from secrets import token_hex

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.notify.delivery import DeliveryFailed, DeliveryRefused, Payload
from idp.oidc.jose import LOGOUT_TOKEN_TYPE, Jose
from idp.oidc.people.subjects import Subjects
from idp.oidc.sign_out.silent_addresses import SilentAddresses
from idp.outbound import OutboundFault
from idp.registry.client import Client
from idp.registry.clients import Clients
from idp.registry.redirect_uri import origin_of
from idp.signin.sign_out_outcomes import SignOutOutcomes
from idp.store.database import Database

LOGOUT_TOKEN_SECONDS = 120
WAITS_SECONDS = (5, 30, 180, 900, 2_400)
"""How long after each call without an answer the next one comes; after the last there is none."""
EVENT = "http://schemas.openid.net/event/backchannel-logout"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BackchannelLogout:
    """Delivers one sign-out to one client."""

    clients: Clients
    subjects: Subjects
    jose: Jose
    clock: Clock
    database: Database
    outcomes: SignOutOutcomes
    trail: Trail
    post_form: Callable[[str, Mapping[str, str]], int]
    silent: SilentAddresses = field(default_factory=SilentAddresses)

    def __call__(self, payload: Payload, message_id: str) -> None:
        """Post the logout token. Raises DeliveryFailed to be tried again, DeliveryRefused after the last try.

        A client that is gone, or has no logout address any more, needs no telling.
        """
        client = self.clients.get(payload["fields"]["client_id"])
        if client is None or not client.backchannel_logout_uri:
            return
        origin = origin_of(client.backchannel_logout_uri)
        if self.silent.holds(origin, self.clock.now()):
            raise self._missed(client, payload, "no_answer_just_now")
        token = self._token(client, payload, message_id)
        try:
            status = self.post_form(client.backchannel_logout_uri, {"logout_token": token})
        except OutboundFault as error:
            self.silent.note(origin, self.clock.now())
            raise self._missed(client, payload, "no_answer") from error
        if status not in (200, 204):
            raise self._missed(client, payload, f"status_{status}")
        with self.database.transaction() as connection:
            self.outcomes.note_told(connection, payload["fields"]["sid"], client.client_id)
            self.trail.record(connection, Event.LOGOUT_DELIVERED, Visitor(), **_about(client, payload))

    def _token(self, client: Client, payload: Payload, message_id: str) -> str:
        now = self.clock.now()
        claims = {
            "iss": self.jose.issuer,
            "aud": client.client_id,
            "iat": now,
            "exp": now + LOGOUT_TOKEN_SECONDS,
            # Of this token, not of the message: a client that has seen a `jti` refuses it (2.6), and then it would look as if
            # the client whose first answer was lost had never been told.
            "jti": f"{message_id}.{token_hex(8)}",
            "sub": self.subjects.shown(client, payload["fields"]["sub"]),
            # Whether it requires one or not (Back-Channel Logout 2.4): a token without would end all of somebody's sessions.
            "sid": self.subjects.shown_sid(client, payload["fields"]["sid"]),
            "events": {EVENT: {}},
        }
        return self.jose.sign(claims, client.id_token_signed_response_alg, LOGOUT_TOKEN_TYPE)

    def _missed(self, client: Client, payload: Payload, reason: str) -> DeliveryFailed | DeliveryRefused:
        """Note a call that came to nothing; return what the worker is told."""
        sid = payload["fields"]["sid"]
        with self.database.transaction() as connection:
            missed = self.outcomes.note_missed(connection, sid, client.client_id)
            self.trail.record(
                connection,
                Event.LOGOUT_FAILED,
                Visitor(),
                **_about(client, payload),
                reason=reason,
                attempt=missed or 0,
            )
            if missed is None or missed <= len(WAITS_SECONDS):
                return DeliveryFailed(reason, again_in=None if missed is None else WAITS_SECONDS[missed - 1])
            self.outcomes.note_given_up(connection, sid, client.client_id)
            self.trail.record(
                connection, Event.LOGOUT_GIVEN_UP, Visitor(), **_about(client, payload), reason=reason, attempts=missed
            )
        _log.error("client %s does not take sign-outs: %d calls, %s", client.client_id, missed, reason)
        return DeliveryRefused(f"{reason}, given up after {missed} calls")


def _about(client: Client, payload: Payload) -> dict[str, str]:
    """Return what the trail is told of whom and where."""
    return {
        "subject": str(payload["fields"]["sub"]),
        "client_id": client.client_id,
        "sid": str(payload["fields"]["sid"]),
    }
