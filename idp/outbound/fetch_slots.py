"""How many threads may wait for clients' own addresses at once: a slow one must not hold all of them.

A request object by reference, a set of keys and a sector's file are fetched while somebody waits, for anybody who names a
client or an address. So each of them gets few threads of this process, all together a part of them, and who comes beyond that
goes on at once without the answer.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MOST_OF_ONE = 2
MOST_OF_ALL = 8
"""Of the threads of one process, which are 32 as shipped (`threads`)."""


class FetchSlots:
    """Counts them. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, whose: str, most: int = MOST_OF_ONE) -> Iterator[bool]:
        """Hold a place for this client, or this host, of its `most`; False, and none is held, when there is none."""
        with self._lock:
            came = self._taken[whose] < most and self._taken.total() < MOST_OF_ALL
            if came:
                self._taken[whose] += 1
        try:
            yield came
        finally:
            if came:
                with self._lock:
                    self._taken[whose] -= 1
                    if not self._taken[whose]:
                        del self._taken[whose]
