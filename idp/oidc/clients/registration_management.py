"""GET, PUT and DELETE /register/<client_id>: a client looks after its own registration (RFC 7592).

A registration access token opens the one client that it was given for. With it at another client's address, at one that
does not exist, or at a disabled one, the answer is the same, and nothing changes for anybody (CVE-2026-116672).
"""

import re
from dataclasses import dataclass

from flask import Request, Response

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.oidc.clients.client_information import PATH, as_error, client_information, client_uri
from idp.oidc.clients.json_body import json_object
from idp.oidc.clients.registration import bearer_token
from idp.oidc.errors import Code, ProtocolError, bearer_error, json_error, too_many
from idp.oidc.parameters import Malformed
from idp.registry.client import Client
from idp.registry.dynamic_metadata import allowed_of, dynamic_metadata
from idp.registry.metadata_fault import MetadataFault
from idp.registry.names_taken import refuse_names_taken
from idp.registry.rooms import RegistryRooms
from idp.registry.rotate_secret import NoSuchClient
from idp.signin.throttle import AddressThrottle
from idp.store.database import Database

_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class RegistrationManagementEndpoint:
    """The endpoint."""

    registry: RegistryRooms
    throttle: AddressThrottle
    issuer: str
    clock: Clock
    database: Database
    trail: Trail

    def __call__(self, request: Request, visitor: Visitor) -> Response:
        """Answer one request. Raises StoreUnavailable."""
        token = bearer_token(request)
        if not token:
            return bearer_error(None)
        try:
            client = self._own(request.path.removeprefix(f"{PATH}/"), token)
            if client is None:
                return self._refused(visitor)
            if request.method == "DELETE":
                self.registry.disable(client.client_id, _as_itself(client, visitor))
                return Response(status=204, headers=[("Cache-Control", "no-store")])
            if request.method == "PUT":
                # A change costs us what a registration does, and more where it has us fetch a file.
                if over := self.throttle.count(visitor.address):
                    return json_error(too_many(over.retry_after))
                return self._replace(client, token, json_object(request.environ), visitor)
        except Malformed as error:
            return json_error(ProtocolError(Code.INVALID_CLIENT_METADATA, error.reason, error.status))
        except MetadataFault as error:
            return json_error(as_error(error))
        return client_information(
            200,
            client_uri(self.issuer, client.client_id),
            token,
            client_id=client.client_id,
            issued_at=client.created_at,
            metadata=client.metadata,
            unused_until=client.unused_until,
        )

    def _own(self, client_id: str, token: str) -> Client | None:
        if not _CLIENT_ID.fullmatch(client_id) or not self.registry.registration_tokens.is_right(client_id, token):
            return None
        return self.registry.clients.read(client_id)

    def _replace(self, client: Client, token: str, given: dict[str, object], visitor: Visitor) -> Response:
        if given.pop("client_id", None) != client.client_id:
            raise MetadataFault("client_id", "must be given, and be that of this client")
        secret = given.pop("client_secret", None)
        if secret is not None and not (isinstance(secret, str) and client.secret_is_right(secret, self.clock.now())):
            # A client must not choose its own (RFC 7592 2.2).
            raise MetadataFault("client_secret", "is not the one that was issued")
        allowed = allowed_of(client, http_on_this_machine=self.issuer.startswith("http:"))
        metadata = dynamic_metadata(given, allowed)
        refuse_names_taken(metadata, self.registry.clients.all(), client.client_id)
        outcome = self.registry.update(
            client.client_id, metadata, _as_itself(client, visitor), instead_of=client.metadata
        )
        if isinstance(outcome, NoSuchClient):
            return self._refused(visitor)
        return client_information(
            200,
            client_uri(self.issuer, client.client_id),
            token,
            client_id=client.client_id,
            issued_at=client.created_at,
            metadata=outcome.metadata,
            client_secret=outcome.client_secret,
            unused_until=client.unused_until,
        )

    def _refused(self, visitor: Visitor) -> Response:
        if over := self.throttle.count(visitor.address):
            return json_error(too_many(over.retry_after))
        with self.database.reading() as connection:
            self.trail.record(connection, Event.REGISTRATION_REJECTED, visitor, reason="registration_token")
        return bearer_error(
            ProtocolError(Code.INVALID_TOKEN, "the registration access token is not valid for this client", 401)
        )


def _as_itself(client: Client, visitor: Visitor) -> Visitor:
    return Visitor(visitor.address, visitor.user_agent, visitor.request_id, actor=f"client:{client.client_id}")
