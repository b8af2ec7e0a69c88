"""What an account lives through: what its owner is told of, how long it can be taken back, and when disuse shuts it."""

from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from idp.settings.group import Count, Group


class Notices(Group):
    """Security notices: what changed in an account is mailed to its owner."""

    quiet_seconds: Annotated[int, Field(ge=0)]
    """How long a notice waits for others that belong into the same mail."""
    not_me_days: Count
    """How long the address in a notice works that says "this was not me", in days."""


class Quiet(Group):
    """Accounts that nobody signs in to are disabled, after warnings (SECURITY H8); employees' never are."""

    warn_days: tuple[Count, ...]
    """Days without a sign-in after which the owner is warned by mail, ascending."""
    disable_days: Annotated[int, Field(ge=0)]
    """Days without a sign-in after which the account is disabled; 0 for never, and then nobody is warned."""

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        days = (*self.warn_days, self.disable_days)
        if self.disable_days and any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError("warn_days: must ascend and stay below disable_days")
        return self
