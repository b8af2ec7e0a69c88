"""The owner of an address confirms a request that was sent for it, or says that it was not theirs. GET changes nothing."""

from dataclasses import dataclass

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.onboarding.model import AccessRequest
from idp.onboarding.requests import AccessRequests
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The request is with those who decide."""

    request: AccessRequest


@dataclass(frozen=True, slots=True)
class AnotherIsOpen:
    """Another request for this address is with those who decide; this one stays where it is."""


@dataclass(frozen=True, slots=True)
class Discarded:
    """The request is deleted."""


@dataclass(frozen=True, slots=True)
class LinkOver:
    """The link is not ours, too old, or its request was deleted."""


@dataclass(frozen=True)
class ConfirmAccessRequest:
    """What the mail's token opens: this page and nothing else."""

    database: Database
    requests: AccessRequests
    trail: Trail

    def look(self, token: str) -> AccessRequest | None:
        """Return the request that the token stands for."""
        with self.database.reading() as connection:
            return self.requests.by_token(connection, token)

    def confirm(self, token: str, visitor: Visitor) -> Confirmed | AnotherIsOpen | LinkOver:
        """Open the request; doing it again changes nothing."""
        with self.database.transaction() as connection:
            request = self.requests.by_token(connection, token)
            if request is None:
                return LinkOver()
            opened = self.requests.confirm(connection, request.request_id)
            if opened is None:
                return AnotherIsOpen()
            if opened:
                subject = f"request:{request.request_id}"
                self.trail.record(
                    connection,
                    Event.ACCESS_REQUEST_OPENED,
                    visitor,
                    subject=subject,
                    modules=list(request.wish.modules),
                )
        return Confirmed(request)

    def discard(self, token: str, visitor: Visitor) -> Discarded | LinkOver:
        """Delete the request, while nobody has confirmed it."""
        with self.database.transaction() as connection:
            request = self.requests.by_token(connection, token)
            if request is None or not self.requests.discard(connection, request.request_id):
                return LinkOver()
            subject = f"request:{request.request_id}"
            self.trail.record(connection, Event.ACCESS_REQUEST_DISCARDED, visitor, subject=subject)
        return Discarded()
