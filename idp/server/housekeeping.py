"""Sweeps away what has run out: parked interactions, codes and rate windows in the database, guards of unknown User IDs.

Every process of every node does it now and then; of what one sweeps, another finds nothing.
"""

import logging
import random
import threading
from collections.abc import Callable, Sequence

from idp.store.database import StoreUnavailable

EVERY_SECONDS = 60.0
MANY = 1_000
"""A sweep that took as many has probably left some: strangers can leave more in a minute than it takes at one go."""
MOST_ROUNDS = 50

log = logging.getLogger("idp.server")

Sweep = Callable[[], int]
"""Deletes a bounded number of rows that have run out; returns how many."""


def sweep_forever(sweeps: Sequence[Sweep], stop: threading.Event) -> None:
    """Sweep until `stop` is set."""
    # Chance spreads the processes over the minute.
    while not stop.wait(EVERY_SECONDS * (0.5 + random.random())):  # noqa: S311
        for sweep in sweeps:
            try:
                for _ in range(MOST_ROUNDS):
                    if sweep() < MANY or stop.is_set():
                        break
            except StoreUnavailable:
                log.warning("nothing could be swept: the database is not available")
                break
            except Exception:
                # A row that nobody can read must not end the housekeeping of all others.
                log.exception("a sweep failed; it is tried again")
