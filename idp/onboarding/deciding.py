"""What every decision about a request begins with: who may decide it, and whether there is still something to decide."""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.onboarding.approvers import Approvers
from idp.onboarding.model import AccessRequest, Line
from idp.onboarding.requests import AccessRequests


@dataclass(frozen=True, slots=True)
class NoSuchRequest:
    """There is none, or it is not this approver's: both alike."""


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """Nobody decides about their own access."""


@dataclass(frozen=True, slots=True)
class DecidedAlready:
    """Somebody else was first."""

    line: Line


@dataclass(frozen=True, slots=True)
class NotConfirmed:
    """The owner of the address has not confirmed the request."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """The caller's transaction holds the request, and this module of it waits."""

    request: AccessRequest
    line: Line


Refusal = NoSuchRequest | OwnRequest | DecidedAlready | NotConfirmed


@dataclass(frozen=True)
class Deciding:
    """Opens a request for a decision."""

    requests: AccessRequests
    approvers: Approvers
    trail: Trail

    def begin(
        self, connection: Connection, request_id: str, module: str, by: Account | None, visitor: Visitor
    ) -> Undecided | Refusal:
        """Hold the request and check who decides: `by`, an approver of the module, or None for an operator.

        Held, so that of many decisions at once each sees what the one before has done, the new account included.
        """
        self.requests.hold(connection, request_id)
        request = self.requests.get(connection, request_id)
        line = None if request is None else request.line(module)
        if request is None or line is None:
            return NoSuchRequest()
        if by is not None and module not in self.approvers.modules_of(by.id, connection):
            self._refused(connection, request, module, by, visitor, "not_an_approver")
            return NoSuchRequest()
        if by is not None and is_own(request, by):
            self._refused(connection, request, module, by, visitor, "own_request")
            return OwnRequest()
        if line.decision:
            return DecidedAlready(line)
        return NotConfirmed() if request.state == "unconfirmed" else Undecided(request, line)

    def _refused(
        self, connection: Connection, request: AccessRequest, module: str, by: Account, visitor: Visitor, reason: str
    ) -> None:
        self.trail.record(
            connection,
            Event.ACCESS_DECISION_REFUSED,
            visitor,
            actor=by.sub,
            subject=f"request:{request.request_id}",
            module=module,
            reason=reason,
        )


def is_own(request: AccessRequest, account: Account) -> bool:
    """Whether the request is for this very person."""
    return request.account_id == account.id or request.wish.email == account.user_id


def owner_of(connection: Connection, accounts: Accounts, request: AccessRequest) -> Account | None:
    """Return the account of who asked, under whatever User ID it has by now; None while there is none."""
    if request.account_id is not None:
        return accounts.by_id(request.account_id, connection)
    return accounts.by_user_id(request.wish.email, connection)


def name_of(by: Account | None) -> str:
    """Return what the trail calls who decides."""
    return "operator" if by is None else by.sub
