"""In which state somebody's account in a module is, by its moments alone: nothing has to run for a state to begin or end.

approved (its id is still to be given) -> id_mailed -> password_mailed -> active, at its first use. A password that ran out
leads back to id_mailed. locked: too many wrong tries, until it opens by itself. withdrawn: for good; the id is never reused.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

State = Literal["approved", "id_mailed", "password_mailed", "active", "locked", "withdrawn"]

STEPS = 3
"""Steps of a set-up as pages count them: the id is given; id and password are entered; the module opens."""


@dataclass(frozen=True, slots=True)
class ModuleAccount:
    """One account of a person in a module. Moments are seconds since the epoch, UTC."""

    id: int
    account_id: int
    module: str
    external_id: str | None
    """The person's own id there (MMIS: the E6Code); None while it is still to be given."""
    created_at: int
    """When it was approved."""
    id_mailed_at: int | None = None
    password_expires_at: int | None = None
    """When the newest first-use password ends; None when none was made."""
    activated_at: int | None = None
    """When id and password were entered: linked for good."""
    withdrawn_at: int | None = None

    @property
    def is_active(self) -> bool:
        """Whether the module may be entered with it, and told its id."""
        return self.activated_at is not None and self.withdrawn_at is None

    @property
    def is_waiting(self) -> bool:
        """Whether its set-up is still to be finished."""
        return self.activated_at is None and self.withdrawn_at is None


def state_of(account: ModuleAccount, now: int, locked_until: int | None = None) -> State:
    """Return the state at `now`; `locked_until` is the lock on this person's set-up in the module, if there is one."""
    if account.withdrawn_at is not None:
        return "withdrawn"
    if account.activated_at is not None:
        return "active"
    if locked_until is not None and now < locked_until:
        return "locked"
    if account.external_id is None:
        return "approved"
    if account.password_expires_at is not None and now < account.password_expires_at:
        return "password_mailed"
    return "id_mailed"


def step_of(accounts: Iterable[ModuleAccount]) -> int | None:
    """Return at which of the steps somebody's set-up in a module stands; None when nothing waits to be finished.

    Somebody without any account waits for the first step too; whose accounts were all withdrawn waits for nothing.
    """
    held = list(accounts)
    waiting = [account for account in held if account.is_waiting]
    if not waiting:
        return None if held else 1
    return 2 if any(account.external_id is not None for account in waiting) else 1


def guard_name(module: str, sub: str) -> str:
    """Return under which name wrong tries at somebody's set-up in a module are counted.

    One count for the person, whichever id is typed: guesses at an id and at a password are the same guesses, and nobody
    can lock another's set-up. No User ID looks like this.
    """
    return f"module-account:{module}:{sub}"
