"""Wakes sleeping workers of this process the moment a message is committed."""

import threading


class Bell:
    """Counts rings, so that one that comes between looking and sleeping is not missed. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        """How often it rang so far."""
        with self._changed:
            return self._rings

    def ring(self) -> None:
        """Wake everybody who waits."""
        with self._changed:
            self._rings += 1
            self._changed.notify_all()

    def wait(self, heard: int, seconds: float) -> None:
        """Return at once when it rang since `heard` was read, else at the next ring, or after `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._rings != heard, timeout=seconds)
