"""The owner of an address confirms a request that was sent for it, or says that it was not theirs. GET changes nothing."""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.onboarding.model import AccessRequest
from idp.onboarding.requests import AccessRequests
from idp.onboarding.tell_approvers import TellApprovers
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
    tell_approvers: TellApprovers
    trail: Trail

    def look(self, token: str) -> AccessRequest | None:
        """Return the request that the token stands for."""
        with self.database.reading() as connection:
            return self.requests.by_token(connection, token)

    def confirm(self, token: str, visitor: Visitor) -> Confirmed | AnotherIsOpen | LinkOver:
        """Open the request; doing it again changes nothing."""
        with self.database.transaction() as connection:
            request = self.requests.by_token(connection, token)
            return LinkOver() if request is None else self._open(connection, request, visitor)

    def for_owner(self, request_id: str, visitor: Visitor) -> Confirmed | AnotherIsOpen | LinkOver:
        """Open the request in its owner's place, as an operator who has made sure otherwise."""
        with self.database.transaction() as connection:
            request = self.requests.get(connection, request_id)
            if request is None or request.state == "closed":
                return LinkOver()
            return self._open(connection, request, visitor)

    def discard(self, token: str, visitor: Visitor) -> Discarded | LinkOver:
        """Delete the request, while nobody has confirmed it."""
        with self.database.transaction() as connection:
            request = self.requests.by_token(connection, token)
            if request is None or not self.requests.discard(connection, request.request_id):
                return LinkOver()
            subject = f"request:{request.request_id}"
            self.trail.record(connection, Event.ACCESS_REQUEST_DISCARDED, visitor, subject=subject)
        return Discarded()

    def _open(
        self, connection: Connection, request: AccessRequest, visitor: Visitor
    ) -> Confirmed | AnotherIsOpen | LinkOver:
        opened = self.requests.confirm(connection, request.request_id)
        if opened is None:
            return AnotherIsOpen()
        if opened:
            subject, modules = f"request:{request.request_id}", list(request.wish.modules)
            self.trail.record(connection, Event.ACCESS_REQUEST_OPENED, visitor, subject=subject, modules=modules)
            self.tell_approvers.of_opened(connection, modules, request.account_id)
        elif request.state == "unconfirmed":
            return LinkOver()
        return Confirmed(request)
