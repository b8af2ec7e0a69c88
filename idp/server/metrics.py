"""`/metrics` on a port of its own: what the supervising process does for it.

A small process answers (`metrics_process.py`), no thread: the supervisor forks workers and must not hold locks while it does.
Nothing here imports prometheus_client, which looks for its folder when it is first imported: that must be in a worker.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def prepare_folder(data_dir: Path) -> Path:
    """Make an empty folder for the workers of this provider, and name it to the processes that are started from here."""
    folder = data_dir.absolute() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    os.environ[FOLDER_VARIABLE] = str(folder)
    return folder


def start_metrics(bind: str, folder: Path) -> "subprocess.Popen[bytes]":
    """Start the process; it ends by itself when the one that calls this does."""
    # Not our settings: the process needs none of them, least of all the secret ones.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
    command = [sys.executable, "-m", "idp.server.metrics_process", bind, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)  # noqa: S603 - our own program
