"""Servers that all workers of one test run share: the first who needs one starts it, the run's own process ends it."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_GUARDIAN = Path(__file__).with_name("guardian.py")


class SharedServers:
    """The servers of one test run, known by a folder that every worker sees."""

    def __init__(self, folder: Path, run_pid: int) -> None:
        self.folder = folder
        self.run_pid = run_pid

    @classmethod
    def for_new_run(cls) -> "SharedServers":
        """Return the servers of a run whose own process is this one."""
        folder = Path(tempfile.mkdtemp(prefix="mes-tests-"))
        folder.chmod(0o755)  # PostgreSQL runs as a user of its own and must reach its folder
        return cls(folder, os.getpid())

    def once(self, name: str, start: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what `start` returned to the first caller of the run under this name; others wait for it."""
        answer = self.folder / f"{name}.json"
        with self._lock(name):
            if not answer.exists():
                answer.write_text(json.dumps(start()))
            known: dict[str, Any] = json.loads(answer.read_text())
        return known

    def spawn(self, name: str, command: list[str], user: str = "") -> None:
        """Start a server that lives until `stop_all`, or until the run's own process is gone."""
        log = (self.folder / f"{name}.log").open("ab")
        with log:
            guardian = subprocess.Popen(
                [sys.executable, str(_GUARDIAN), str(self.run_pid), user, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self.folder,
            )
        (self.folder / f"{name}.pid").write_text(str(guardian.pid))
        guardian.returncode = 0  # it outlives this worker on purpose: no warning when the object goes

    def stop_all(self) -> None:
        """End every server and remove the folder."""
        pids = [int(file.read_text()) for file in self.folder.glob("*.pid")]
        for pid in pids:
            _signal(pid, signal.SIGTERM)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and any(_lives(pid) for pid in pids):
            time.sleep(0.05)
        for pid in pids:
            _signal(pid, signal.SIGKILL)
        subprocess.run(["rm", "-rf", str(self.folder)], check=False)

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        with (self.folder / f"{name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _lives(pid: int) -> bool:
    try:
        if os.waitpid(pid, os.WNOHANG) != (0, 0):
            return False
    except ChildProcessError:
        pass
    return _signal(pid, 0)


def _signal(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
