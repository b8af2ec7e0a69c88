"""A clock that tests move by hand."""

MONDAY_8_AM = 1_795_438_800
"""2026-11-23 13:00:00 UTC: the hour the product is made for."""


class HandClock:
    """Stands still until moved."""

    def __init__(self, now: int = MONDAY_8_AM) -> None:
        self._now = now

    def now(self) -> int:
        """Return whole seconds since the epoch, UTC."""
        return self._now

    def advance(self, seconds: int) -> None:
        """Move by `seconds`; negative is back."""
        self._now += seconds

    def set(self, now: int) -> None:
        """Move to a moment."""
        self._now = now
