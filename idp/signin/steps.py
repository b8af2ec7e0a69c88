"""The table that decides what the person must do next: step, when, reason, and the error under `prompt=none`."""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What a person can be asked to do; each has a page."""

    SELECT_ACCOUNT = "/sign-in/account"
    PASSWORD = "/sign-in"  # noqa: S105 - a path
    SECOND_FACTOR = "/sign-in/verify"
    NEW_PASSWORD = "/sign-in/new-password"  # noqa: S105 - a path
    STEP_UP = "/sign-in/step-up"
    ACCESS = "/sign-in/access"
    CONSENT = "/sign-in/consent"

    @property
    def path(self) -> str:
        """The path of the step's page."""
        return self.value


@dataclass(frozen=True, slots=True)
class Needed:
    """The next step, why, and what a request with `prompt=none` gets instead (OIDC Core 3.1.2.6)."""

    step: Step
    reason: str
    """`no_session`, `prompt_login`, `max_age`, `other_subject`, `another_account`, `must_change_password`,
    `select_account`, `second_factor`, `temporary_password`, `acr`, `no_access`, `no_consent` or `prompt_consent`."""
    prompt_none_error: str
