"""The one source of time. Nothing else in the product asks the machine what time it is.

Times are whole seconds since the epoch, UTC, in code and in the database: no zones to lose, one comparison everywhere.
"""

import time
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> int:
        """Return whole seconds since the epoch, UTC."""
        ...


class SystemClock:
    """The machine's own time: the clock of production."""

    def now(self) -> int:
        """Return whole seconds since the epoch, UTC."""
        return int(time.time())


class ShiftedClock:
    """The machine's time plus an offset kept in a file, so that every process of a demo or test moves together."""

    def __init__(self, offset_file: Path) -> None:
        self._offset_file = offset_file

    def now(self) -> int:
        """Return whole seconds since the epoch, UTC, shifted."""
        return int(time.time()) + self._offset()

    def advance(self, seconds: int) -> int:
        """Move every process that shares the file `seconds` ahead; return the new total offset in seconds."""
        offset = self._offset() + seconds
        replacement = self._offset_file.with_suffix(".new")
        replacement.write_text(str(offset))
        replacement.replace(self._offset_file)
        return offset

    def _offset(self) -> int:
        try:
            return int(self._offset_file.read_text())
        except FileNotFoundError:
            return 0
