"""The machine: which core does what, processes bound to a core, and what they cost in CPU time and memory."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


class CannotMeasure(Exception):
    """Something that a measurement needs is missing here; the message names it and what to do."""


@dataclass(frozen=True, slots=True)
class Cores:
    """The server under measurement has a core to itself; the load and the stores share another where there are two."""

    server: int
    load: int
    stores: int

    @classmethod
    def choose(cls) -> "Cores":
        """Choose among the cores this process may use. Raises CannotMeasure."""
        if not hasattr(os, "sched_getaffinity"):
            raise CannotMeasure("the bench binds processes to cores, which works on Linux only")
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2:
            raise CannotMeasure("the bench needs two cores: one for the server, one for the load")
        return cls(cores[0], cores[1], cores[min(2, len(cores) - 1)])


def start(command: Sequence[str], core: int, environment: Mapping[str, str], log: Path, user: str = "") -> "Process":
    """Start a program bound to `core`, as `user` if one is named, its output in `log`."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            ["taskset", "--cpu-list", str(core), *command],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user or None,
            group=user or None,
            extra_groups=[] if user else None,
            cwd=log.parent,
        )
    return Process(child, log)


class Process:
    """A program that the bench started, with its children."""

    def __init__(self, child: subprocess.Popen[bytes], log: Path) -> None:
        self._child = child
        self._log = log

    def wait_for_port(self, port: int, seconds: float = 30) -> None:
        """Return when something listens on `port`. Raises CannotMeasure with the end of the log."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._check_alive()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        raise CannotMeasure(f"nothing listens on port {port} after {seconds:.0f} s:\n{self._tail()}")

    def wait_for_answer(self, address: str, seconds: float = 30) -> None:
        """Return when a GET of `address` is answered with 200. Raises CannotMeasure with the end of the log."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._check_alive()
            try:
                with urllib.request.urlopen(address, timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.01)
        raise CannotMeasure(f"{address} does not answer after {seconds:.0f} s:\n{self._tail()}")

    def cpu_seconds(self) -> float:
        """CPU time that the program and its children have used."""
        return sum(_cpu_seconds(pid) for pid in self.pids())

    def memory_mb(self) -> tuple[float, float]:
        """Resident and proportional memory (RSS, PSS) of the largest process of the program: the worker."""
        return max(_memory_mb(pid) for pid in self.pids())

    def pids(self) -> list[int]:
        """The program's process and all below it."""
        found = [self._child.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(child) for child in task.read_text().split()]
        return found

    def stop(self) -> None:
        """End the program and what it started."""
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)
            try:
                self._child.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self._child.pid, signal.SIGKILL)
                self._child.wait()

    def _check_alive(self) -> None:
        if self._child.poll() is not None:
            raise CannotMeasure(f"{self._child.args!r} ended with {self._child.returncode}:\n{self._tail()}")

    def _tail(self) -> str:
        return self._log.read_text(errors="replace")[-3000:]


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def core_times(core: int) -> tuple[float, float]:
    """Return the seconds that `core` has been busy, and that it has been there."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name == f"cpu{core}":
            total = sum(int(tick) for tick in ticks[:8])
            idle = int(ticks[3]) + int(ticks[4])
            return (total - idle) / _TICKS, total / _TICKS
    raise CannotMeasure(f"/proc/stat does not show core {core}")


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _memory_mb(pid: int) -> tuple[float, float]:
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, size, *_ = line.split()
        sizes[name] = int(size) / 1024
    return sizes["Rss:"], sizes["Pss:"]
