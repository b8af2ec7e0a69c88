"""Delete what ran out: grants, longer ago than any session lasts (until then a sign-out must know whom to tell), tokens, and
device authorizations a day after (until then a device that still polls is told that it is too late).
"""

from dataclasses import dataclass

from idp.clock import Clock
from idp.grants import device_authorizations, grants, revoked_tokens
from idp.store.database import Database

DEVICE_KEPT_SECONDS = 86_400


@dataclass(frozen=True)
class SweepGrants:
    """The use case, for housekeeping."""

    database: Database
    clock: Clock
    session_seconds: int
    """Longest life of a session."""

    def __call__(self) -> int:
        """Delete a bounded number of each; return how many. Raises StoreUnavailable."""
        with self.database.transaction() as connection:
            now = self.clock.now()
            gone = revoked_tokens.sweep(connection, before=now)
            gone += device_authorizations.sweep(connection, before=now - DEVICE_KEPT_SECONDS)
            return gone + grants.sweep(connection, before=now - self.session_seconds)
