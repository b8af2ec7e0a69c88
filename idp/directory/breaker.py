"""Keeps a directory that is away from holding every thread: outside users sign in while employees cannot (SECURITY 4.19)."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PAUSE_SECONDS = 5
"""How long the directory is left alone after it did not answer; employees are told at once."""
WAIT_SECONDS = 1
"""How long a thread waits for its turn."""


class Unreachable(Exception):
    """The directory did not answer, or there is no use asking it now."""


class Breaker:
    """Lets a few threads of this process ask at a time, and nobody for a while after no answer came."""

    def __init__(self, slots: int, now: Callable[[], float] = time.monotonic) -> None:
        self._slots = threading.BoundedSemaphore(slots)
        self._now = now
        self._closed_until = now()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Wait for a turn and ask the directory; the block raises Unreachable when it does not answer, and so does this."""
        self._refuse_while_away()
        if not self._slots.acquire(timeout=WAIT_SECONDS):
            raise Unreachable("too many employees sign in at once")
        try:
            # Those who waited while the directory went away do not each find out for themselves.
            self._refuse_while_away()
            with self._noting():
                yield
        finally:
            self._slots.release()

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except Unreachable:
            self._closed_until = self._now() + PAUSE_SECONDS
            raise

    def _refuse_while_away(self) -> None:
        if self._now() < self._closed_until:
            raise Unreachable("it did not answer a moment ago")
