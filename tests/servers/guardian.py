"""Runs one server for as long as the test run lives: `python guardian.py PID USER COMMAND…` (USER may be empty).

The server must end with the process PID (the one that started the whole run) even when that is killed, and it may be
shared by workers that come and go. The guardian therefore stands between: it ends the server when PID is gone or when
it is told to end itself.
"""

import os
import signal
import subprocess
import sys
import time

PATIENCE_SECONDS = 20


def main(watched: int, user: str, command: list[str]) -> int:
    """Run `command` until it ends, `watched` is gone or SIGTERM comes; return the command's exit status."""
    asked_to_end: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: asked_to_end.append(number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = subprocess.Popen(
        command, user=user or None, group=user or None, extra_groups=[] if user else None, restore_signals=True
    )
    while server.poll() is None and not asked_to_end and _lives(watched):
        time.sleep(0.1)
    server.send_signal(signal.SIGINT)  # for PostgreSQL: end now, whoever is connected
    try:
        return server.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        return server.wait()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2], sys.argv[3:]))
