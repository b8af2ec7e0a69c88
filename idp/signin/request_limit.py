"""How many requests one network may leave with us before anybody has shown who they are: parked, or pushed by public clients.

Each takes room in the ephemeral store for as long as an interaction lives (docs/operating.md tells how much).
"""

from dataclasses import dataclass

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.signin.throttle import AddressThrottle
from idp.store.database import Database


class TooManyRequests(Exception):
    """This network has left too many in this minute; in `retry_after` seconds it may again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many requests")
        self.retry_after = retry_after


@dataclass(frozen=True)
class RequestLimit:
    """Counts them."""

    throttle: AddressThrottle
    database: Database
    trail: Trail

    def take(self, visitor: Visitor, client_id: str) -> None:
        """Count one. Raises TooManyRequests, StoreUnavailable; the first over the limit goes on record."""
        over = self.throttle.count(visitor.address)
        if over is None:
            return
        if over.is_first:
            with self.database.reading() as connection:
                self.trail.record(connection, Event.REQUESTS_THROTTLED, visitor, client_id=client_id)
        raise TooManyRequests(over.retry_after)
