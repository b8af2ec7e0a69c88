"""The demo's three programs as processes of their own, watched and ended by their ids."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.request import ProxyHandler, build_opener

PATIENCE_SECONDS = 120
DRAIN_SECONDS = 15
_PR_SET_PDEATHSIG = 1


@dataclass
class Children:
    """What was started. Use it in a `with`: leaving it ends them all."""

    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> "Children":
        """Return this."""
        return self

    def __exit__(self, *exception: object) -> None:
        """End them all."""
        self.end()

    def start(self, name: str, module: str, options: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start `python -m module`. What it prints goes to our stderr: stdout is for results."""
        # -P: a folder named like one of our packages in the present directory must not be taken for it.
        command = [sys.executable, "-P", "-m", module, *options]
        self.running[name] = subprocess.Popen(  # noqa: S603 - our own programs
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads yet
        )

    def wait_for(self, addresses: Mapping[str, str], is_over: Callable[[], bool]) -> str:
        """Return "" when every address answers; else the name of the program that ended or does not answer.

        Stops waiting when `is_over` says so.
        """
        opener = build_opener(ProxyHandler({}))
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        for name, address in addresses.items():
            while True:
                if ended := self.ended():
                    return ended
                try:
                    with opener.open(f"{address}/healthz", timeout=2):
                        break
                except OSError:
                    if time.monotonic() > give_up_at or is_over():
                        return name
                time.sleep(0.05)
        return ""

    def ended(self) -> str:
        """Return the name of a program that has ended; "" when all run."""
        return next((name for name, process in self.running.items() if process.poll() is not None), "")

    def end(self) -> None:
        """Ask all to end; kill those that do not."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        give_up_at = time.monotonic() + DRAIN_SECONDS
        for process in self.running.values():
            try:
                process.wait(max(0.1, give_up_at - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _end_with_parent() -> None:
    # A demo that is killed leaves no program behind that holds its ports.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
