"""What an account lives through: what its owner is told of, and for how long it can be taken back."""

from typing import Annotated

from pydantic import Field

from idp.settings.group import Count, Group


class Notices(Group):
    """Security notices: what changed in an account is mailed to its owner."""

    quiet_seconds: Annotated[int, Field(ge=0)]
    """How long a notice waits for others that belong into the same mail."""
    not_me_days: Count
    """How long the address in a notice works that says "this was not me", in days."""
