"""What costs a stranger nothing goes on record one by one at first, then in sums: else one program fills the trail in a night.

Only for acts that need no password, code or work of whoever does them. What a person or a client achieves is always on record.
"""

from dataclasses import dataclass

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.ground import Ground
from idp.signin.throttle import network_of
from idp.store.database import Database
from idp.store.ephemeral import EphemeralStore

EACH_PER_MINUTE = 10
"""Events of one kind, about one client, that one network has on record in a minute."""
ALL_PER_MINUTE = 120
"""The same for all clients and networks together: an attacker may have thousands of addresses."""
_MINUTE = 60


@dataclass(frozen=True)
class RecordStranger:
    """Records such acts. Raises StoreUnavailable: what can be neither counted nor recorded does not happen (SECURITY H7)."""

    database: Database
    store: EphemeralStore
    clock: Clock
    trail: Trail

    def __call__(self, event: Event, visitor: Visitor, *, client_id: str = "", **details: str) -> None:
        """Record `event`, or, beyond the limits, at the 1st, 10th, 100th ... of a minute how many more there were.

        `client_id` is a client of ours or "": what a stranger typed must not make a counter.
        """
        came = self.store.count(f"recorded:{event}:{client_id}:{network_of(visitor.address)}", _MINUTE)
        more = came - EACH_PER_MINUTE
        if more > 0 and not _is_power_of_ten(more):
            return
        # Counted only when there is something to write: one loud network does not silence all others.
        written = self.store.count(f"recorded:{event}", _MINUTE)
        if written <= ALL_PER_MINUTE:
            if more > 0:
                self._sum(visitor, event, more, by="network", client_id=client_id)
            else:
                with self.database.reading() as connection:
                    self.trail.record(connection, event, visitor, client_id=client_id, **details)
        elif _is_power_of_ten(written - ALL_PER_MINUTE):
            self._sum(visitor, event, written - ALL_PER_MINUTE, by="everybody")

    def _sum(self, visitor: Visitor, of: Event, more: int, *, by: str, client_id: str = "") -> None:
        with self.database.reading() as connection:
            summed = Event.EVENTS_SUMMED
            self.trail.record(connection, summed, visitor, client_id=client_id, of=of.value, by=by, more=more)


def record_stranger(ground: Ground) -> RecordStranger:
    """Build it."""
    return RecordStranger(ground.database, ground.ephemeral, ground.clock, ground.trail)


def _is_power_of_ten(number: int) -> bool:
    return str(number).rstrip("0") == "1"
