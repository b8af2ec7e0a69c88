"""Delete grants that ran out longer ago than any session lasts (until then a sign-out must know whom to tell), and tokens."""

from dataclasses import dataclass

from idp.clock import Clock
from idp.grants import grants, revoked_tokens
from idp.store.database import Database


@dataclass(frozen=True)
class SweepGrants:
    """The use case, for housekeeping."""

    database: Database
    clock: Clock
    session_seconds: int
    """Longest life of a session."""

    def __call__(self) -> int:
        """Delete a bounded number of both; return how many. Raises StoreUnavailable."""
        with self.database.transaction() as connection:
            now = self.clock.now()
            gone = revoked_tokens.sweep(connection, before=now)
            return gone + grants.sweep(connection, before=now - self.session_seconds)
