"""What every employees' directory answers, whatever it is made of (fact S2)."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Employee:
    """The directory knows this person and the password is right."""

    user_id: str
    given_name: str
    family_name: str
    phone: str | None = None
    mfa: bool = False
    """Whether the directory itself proved a second factor."""


@dataclass(frozen=True, slots=True)
class NotVerified:
    """No such employee, or the password is not right: the directory does not say which."""


@dataclass(frozen=True, slots=True)
class Away:
    """The directory did not answer; nothing is known about the password."""


class Directory(Protocol):
    """Verifies employees."""

    def verify(self, user_id: str, password: str) -> Employee | NotVerified | Away:
        """Check an employee's password; `user_id` is canonical. Never raises for an unreachable directory."""
        ...
