"""An address that somebody has is refused, whoever registered them; a client that tries many of them learns no more."""

from dataclasses import dataclass

from scim2_models import UniquenessException

from idp.audit.events import Event
from idp.audit.trail import Trail
from idp.scim.caller import Caller
from idp.scim.refusals import TooManyTaken
from idp.store.database import Database
from idp.store.ephemeral import EphemeralStore

HOUR = 3_600


@dataclass(frozen=True)
class Taken:
    """Counts and records; call it outside of transactions."""

    database: Database
    ephemeral: EphemeralStore
    trail: Trail
    per_hour: int

    def __call__(self, caller: Caller) -> UniquenessException | TooManyTaken:
        """Return what to raise."""
        tries = self.ephemeral.count(f"scim-taken:{caller.client_id}", HOUR)
        with self.database.reading() as connection:
            self.trail.record(
                connection,
                Event.USER_REFUSED,
                caller.visitor,
                client_id=caller.client_id,
                reason="taken" if tries <= self.per_hour else "too_many_taken",
            )
        if tries > self.per_hour:
            return TooManyTaken(HOUR)
        return UniquenessException(detail="somebody has this address already, registered here or elsewhere")
