"""Real stores for the measurement: a Redis and a PostgreSQL of its own, as the machine's packages bring them."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from bench.machine import CannotMeasure, Process, free_port, start


def start_redis(folder: Path, core: int) -> tuple[Process, str]:
    """Start a Redis that keeps nothing on disk; return it and its address. Raises CannotMeasure."""
    program = _find("redis-server", "redis-server")
    folder.mkdir()
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    process = start([program, *options], core, {}, folder / "redis.log")
    process.wait_for_port(port)
    return process, f"redis://127.0.0.1:{port}/0"


def start_postgresql(folder: Path, core: int) -> tuple[Process, str]:
    """Start a PostgreSQL as it comes (each commit reaches the disk); return it and its address. Raises CannotMeasure.

    PostgreSQL refuses to run as root: there it runs as `postgres`, or as `nobody`.
    """
    folder.mkdir()
    user = _other_user() if os.geteuid() == 0 else ""
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    initdb = [_find("initdb", "postgresql"), "-D", str(data), "-U", "idp", "--auth=trust", "-E", "UTF8", "--no-locale"]
    group = user or None
    made = subprocess.run(
        initdb, user=user or None, group=group, cwd=folder, capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise CannotMeasure(f"initdb failed:\n{made.stdout}{made.stderr}")
    port = free_port()
    log = folder / "postgresql.log"
    options = ["-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-k", str(folder)]
    process = start([_find("postgres", "postgresql"), *options], core, {}, log, user)
    process.wait_for_port(port)
    return process, f"postgresql+psycopg://idp@127.0.0.1:{port}/postgres"


def _find(program: str, package: str) -> str:
    folders = [os.environ.get("PATH", ""), *(str(p) for p in sorted(Path("/usr/lib/postgresql").glob("*/bin")))]
    found = shutil.which(program, path=os.pathsep.join(folders))
    if found is None:
        raise CannotMeasure(f"{program} is not here: install the system's package {package}")
    return found


def _other_user() -> str:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise CannotMeasure("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
