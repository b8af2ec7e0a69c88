"""Our own programs as processes of their own, ended with everything that they started."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar
from weakref import WeakSet

IDP = Path(sys.executable).with_name("idp")
PATIENCE_SECONDS = 90
"""Longer than `idp serve` waits for requests in flight."""


def environment(**settings: str) -> dict[str, str]:
    """Return this process's environment without its IDP_ variables, with `settings`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("IDP_", "MMIS_", "APPEALS_"))}
    return kept | settings


def idp(*arguments: str, settings: Mapping[str, str], stdin: str = "") -> str:
    """Run one `idp` command to its end and return what it printed. Raises AssertionError with its words on stderr."""
    done = subprocess.run(
        [IDP, *arguments], env=environment(**settings), input=stdin, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"idp {' '.join(arguments)}: {done.stderr}"
    return done.stdout


class Program:
    """A running program; what it prints goes to a file."""

    known: ClassVar["WeakSet[Program]"] = WeakSet()
    """All that somebody still holds, for what a failed test is shown with."""

    def __init__(self, command: Sequence[str | Path], log: Path, settings: Mapping[str, str]) -> None:
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                env=environment(**settings),
                cwd=log.parent,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.pid = self._process.pid
        Program.known.add(self)

    def printed(self) -> str:
        """Return everything that it printed."""
        return self._log.read_text()

    def newest_words(self) -> tuple[str, str]:
        """Return the name of its log and the end of what it printed; "" when that is gone."""
        return self._log.name, self.printed()[-4_000:] if self._log.exists() else ""

    def runs(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def wait_until(self, port: int, seconds: float = 150) -> None:
        """Return when it listens on the port. Raises AssertionError with what it printed."""
        from tests.servers.ports import wait_for_port

        deadline = time.monotonic() + seconds
        while True:
            assert self.runs(), f"it ended: {self.printed()}"
            try:
                wait_for_port(port, 0.5)
            except TimeoutError:
                assert time.monotonic() < deadline, f"nothing on port {port}: {self.printed()}"
            else:
                return

    def wait(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Return when it has ended by itself. Raises AssertionError with what it printed."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"it did not end: {self.printed()}") from None

    def children(self) -> list[int]:
        """Return the processes that it started and that live."""
        listing = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.pid)], capture_output=True, text=True, check=False
        )
        return [int(pid) for pid in listing.stdout.split()]

    def stop(self) -> None:
        """Ask it to end; after a while end it and all that it started."""
        if self.runs():
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"it did not end on SIGTERM: {self.printed()}") from None

    def kill(self) -> None:
        """End it and all that it started, without a chance to tidy up."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
