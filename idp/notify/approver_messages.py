"""What leads to an approver's mail, and the mail itself; see `idp/notify/messages.py`."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class RequestOpened:
    """A request waits for a decision: the worker finds out who is to be told."""

    channel: ClassVar[str] = "access"
    name: ClassVar[str] = "request_opened"

    modules: list[str]
    asked_by: int
    """Row number of the account that asks, 0 for none: nobody decides about their own access."""


@dataclass(frozen=True, slots=True)
class TellApprover:
    """One approver is to be told now of whatever waits."""

    channel: ClassVar[str] = "access"
    name: ClassVar[str] = "tell_approver"

    account_id: int


@dataclass(frozen=True, slots=True)
class RequestsWaitMail:
    """Tells an approver how many requests wait; not a word of who asks, which stands on the page alone."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "requests_wait"

    given_name: str
    count: int
    approvals_url: str
