"""What bounds a measurement here: the load driver with a server that does nothing, and Argon2id alone on the core."""

import subprocess
import sys
import time
from pathlib import Path

import argon2

from bench.load import Flow, saturate
from bench.machine import CannotMeasure, Cores, free_port, start
from bench.wire import get
from idp.accounts.passwords import MEMORY_KIB, PARALLELISM, TIME_COST


def bare_rate(folder: Path, cores: Cores, connections: int, seconds: float) -> float:
    """Return the requests a second of a WSGI program that does nothing, under the same server and load."""
    port = free_port()
    command = ["-m", "granian", "--interface", "wsgi", "--port", str(port), "--blocking-threads", "4", "bench.bare:app"]
    root = str(Path(__file__).parent.parent)
    process = start([sys.executable, *command], cores.server, {"PYTHONPATH": root}, folder / "bare.log")
    try:
        process.wait_for_port(port)

        def flow() -> Flow:
            yield get("127.0.0.1", "/")

        return saturate(("127.0.0.1", port), [flow] * connections, seconds).rate
    finally:
        process.stop()


def argon2_rate(cores: Cores, seconds: float) -> float:
    """Return how many passwords a second Argon2id alone verifies on the server's core, with the product's costs."""
    command = ["taskset", "--cpu-list", str(cores.server), sys.executable, "-m", "bench.ceiling", str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent.parent)
    if done.returncode:
        raise CannotMeasure(f"Argon2id cannot be measured:\n{done.stderr}")
    return float(done.stdout)


def _verify_for(seconds: float) -> float:
    hasher = argon2.PasswordHasher(
        time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=PARALLELISM, hash_len=32, salt_len=16
    )
    stored = hasher.hash("a password")
    count = 0
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds:
        hasher.verify(stored, "a password")
        count += 1
    return count / (time.perf_counter() - begin)


if __name__ == "__main__":
    print(_verify_for(float(sys.argv[1])))
