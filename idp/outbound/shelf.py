"""Answers kept for a short time, and one caller at a time for an address: the others take what the first one fetched."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
MOST_KEPT = 256


@dataclass
class _Turn:
    lock: threading.Lock = field(default_factory=threading.Lock)
    callers: int = 0


class Shelf(Generic[T]):
    """What was fetched, by address. Thread-safe; forgets the oldest beyond MOST_KEPT."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()
        self._turns: dict[str, _Turn] = {}

    def take(self, url: str, keep_seconds: float) -> T | None:
        """Return what was put there in the last `keep_seconds`."""
        with self._lock:
            at, kept = self._kept.get(url, (0.0, None))
            return kept if kept is not None and self._now() - at < keep_seconds else None

    def put(self, url: str, fetched: T) -> None:
        """Keep an answer."""
        with self._lock:
            self._kept[url] = (self._now(), fetched)
            self._kept.move_to_end(url)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    @contextmanager
    def turn(self, url: str, patience: float) -> Iterator[bool]:
        """Wait for one's turn at an address; False when it did not come within `patience` seconds."""
        with self._lock:
            turn = self._turns.setdefault(url, _Turn())
            turn.callers += 1
        came = turn.lock.acquire(timeout=patience)
        try:
            yield came
        finally:
            if came:
                turn.lock.release()
            with self._lock:
                turn.callers -= 1
                if turn.callers == 0:
                    self._turns.pop(url, None)
