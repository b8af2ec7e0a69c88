"""POST /register: a program registers a client for itself (RFC 7591 3, OIDC Registration 3).

Who may: anybody with an initial access token of an operator, which also says what more its clients may be; others only where
the setting `registration.open` says so.
"""

from dataclasses import dataclass

from flask import Request, Response
from sqlalchemy import Connection

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.oidc.clients.client_information import as_error, client_information, client_uri
from idp.oidc.clients.json_body import json_object
from idp.oidc.errors import Code, ProtocolError, bearer_error, json_error, too_many
from idp.oidc.parameters import Malformed
from idp.registry.dynamic_metadata import allowed_by, dynamic_metadata
from idp.registry.initial_access_tokens import InitialAccessToken
from idp.registry.metadata import check_metadata
from idp.registry.metadata_fault import MetadataFault
from idp.registry.names_taken import refuse_names_taken
from idp.registry.registration_terms import RegistrationTerms
from idp.registry.rooms import RegistryRooms
from idp.settings import Registration
from idp.signin.throttle import AddressThrottle, OverLimit, TotalThrottle
from idp.store.database import Database

DAY_SECONDS = 86_400


@dataclass(frozen=True)
class RegistrationEndpoint:
    """The endpoint."""

    registry: RegistryRooms
    throttle: AddressThrottle
    open_throttle: TotalThrottle
    """For clients that anybody registers."""
    settings: Registration
    issuer: str
    database: Database
    trail: Trail

    def __call__(self, request: Request, visitor: Visitor) -> Response:
        """Answer one request. Raises StoreUnavailable."""
        try:
            if over := self.throttle.count(visitor.address):
                return json_error(too_many(over.retry_after))
            token = self._admitted(bearer_token(request), visitor)
            return self._register(json_object(request.environ), token, visitor)
        except Malformed as error:
            return json_error(ProtocolError(Code.INVALID_CLIENT_METADATA, error.reason, error.status))
        except MetadataFault as error:
            return json_error(as_error(error))
        except ProtocolError as error:
            return bearer_error(error if error.description else None)

    def _admitted(self, text: str, visitor: Visitor) -> InitialAccessToken | None:
        """Return the token that is to be spent; None where anybody may register. Raises ProtocolError."""
        if not text:
            if self.settings.open:
                return None
            raise ProtocolError(Code.INVALID_TOKEN, status=401)
        token = self.registry.initial_tokens.find(text)
        if token is None:
            with self.database.reading() as connection:
                self.trail.record(connection, Event.REGISTRATION_REJECTED, visitor, reason="initial_token")
            raise _not_valid()
        return token

    def _register(self, given: dict[str, object], token: InitialAccessToken | None, visitor: Visitor) -> Response:
        terms = token.terms if token else RegistrationTerms(require_pkce=self.settings.require_pkce)
        made: list[str] = []

        def together(connection: Connection, client_id: str) -> None:
            # The last use of a token is one caller's: for the others, the client is not registered either.
            if token is not None and not self.registry.initial_tokens.spend(connection, token):
                raise _not_valid()
            made.append(self.registry.registration_tokens.make(connection, client_id))

        metadata = dynamic_metadata(given, allowed_by(terms, http_on_this_machine=self.issuer.startswith("http:")))
        refuse_names_taken(metadata, self.registry.clients.all())
        if token is None:
            # What is refused for its metadata uses up nothing of what all strangers have together.
            check_metadata(metadata)
            if over := self.open_throttle.count():
                return self._full(over, visitor)
        who = f"initial-token:{token.id}" if token else "anybody"
        unused_seconds = 0 if token else self.settings.unused_days * DAY_SECONDS
        new = self.registry.register(metadata, visitor, together=together, unused_seconds=unused_seconds, by=who)
        return client_information(
            201,
            client_uri(self.issuer, new.client_id),
            made[0],
            client_id=new.client_id,
            issued_at=new.created_at,
            metadata=new.metadata,
            client_secret=new.client_secret,
            unused_until=new.unused_until,
        )

    def _full(self, over: OverLimit, visitor: Visitor) -> Response:
        if over.is_first:
            with self.database.reading() as connection:
                self.trail.record(connection, Event.REGISTRATIONS_THROTTLED, visitor)
        return json_error(
            too_many(over.retry_after, "no more clients can be registered today without an initial access token")
        )


def bearer_token(request: Request) -> str:
    """Return the token of the Authorization header; "" when there is none of this kind."""
    scheme, _, token = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _not_valid() -> ProtocolError:
    return ProtocolError(Code.INVALID_TOKEN, "the initial access token is not valid, or has been used up", 401)
