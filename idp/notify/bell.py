"""Wakes sleeping workers of this process the moment a message for their channel is committed."""

import threading
from collections import Counter

EVERYBODY = ""


class Bell:
    """Counts rings, so that one that comes between looking and sleeping is not missed. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rings: Counter[str] = Counter()

    def heard(self, channel: str) -> int:
        """Return how often it rang for `channel` so far; ask before looking for work, and give it to `wait`."""
        with self._changed:
            return self._rings[channel] + self._rings[EVERYBODY]

    def ring(self, channel: str = EVERYBODY) -> None:
        """Wake who waits for `channel`."""
        with self._changed:
            self._rings[channel] += 1
            self._changed.notify_all()

    def wait(self, channel: str, heard: int, seconds: float) -> None:
        """Return at once when it rang for `channel` since `heard`, else at the next ring, or after `seconds`."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._rings[channel] + self._rings[EVERYBODY] != heard,
                timeout=seconds,
            )
