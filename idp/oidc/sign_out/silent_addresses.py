"""Clients' addresses that gave no answer just now, and are not waited for again at once.

A few threads call all clients. Each call that nobody answers takes one of them for seconds: the sign-outs of one client that is
stuck, or made to be, would hold up everybody's.
"""

import threading

PAUSE_SECONDS = 4
"""Less than the first retry waits, so that whoever was stuck for a moment is called then."""


class SilentAddresses:
    """Remembers them, for this process. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, int] = {}

    def note(self, origin: str, now: int) -> None:
        """Note that nobody answered there at `now`, in seconds; forget what is over."""
        with self._lock:
            self._until = {known: until for known, until in self._until.items() if until > now}
            self._until[origin] = now + PAUSE_SECONDS

    def holds(self, origin: str, now: int) -> bool:
        """Whether nobody answered there a moment before `now`."""
        with self._lock:
            return self._until.get(origin, 0) > now
