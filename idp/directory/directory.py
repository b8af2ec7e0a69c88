"""What every employees' directory answers, whatever it is made of (fact S2)."""

from dataclasses import dataclass
from typing import Literal, Protocol

Refusal = Literal[
    "password",
    "unknown",
    "ambiguous",
    "disabled",
    "account_expired",
    "password_expired",
    "password_must_change",
    "locked_by_directory",
    "logon_restricted",
]
"""Why a directory did not let somebody in: for the audit trail alone, the person reads one sentence for all of them."""


@dataclass(frozen=True, slots=True)
class Employee:
    """The directory knows this person and the password is right."""

    user_id: str
    given_name: str
    family_name: str
    phone: str | None = None
    """A mobile number as the directory writes it."""
    mfa: bool = False
    """Whether the directory itself proved a second factor."""


@dataclass(frozen=True, slots=True)
class NotVerified:
    """No such employee, the password is not right, or the directory lets this person in nowhere."""

    reason: Refusal = "password"


@dataclass(frozen=True, slots=True)
class Away:
    """The directory did not answer; nothing is known about the password."""


class Directory(Protocol):
    """Verifies employees."""

    def verify(self, user_id: str, password: str) -> Employee | NotVerified | Away:
        """Check an employee's password; `user_id` is canonical. Never raises for an unreachable directory."""
        ...
