"""What a group of tests needs from the system; without it the group is skipped, and under CI=true that is a failure."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

_POSTGRESQL_HOMES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")


def program(name: str) -> str:
    """Return the path of a system program, or skip the test that asks (fail it under CI=true)."""
    path = shutil.which(name) or _elsewhere(name)
    if path is None:
        miss(f"{name} is not installed")
    return path


def miss(what: str) -> NoReturn:
    """Skip the running test because `what`; under CI=true fail it, since nothing may be left out there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}, and with CI=true no group may be skipped")
    pytest.skip(what)


def _elsewhere(name: str) -> str | None:
    for pattern in _POSTGRESQL_HOMES:
        found = sorted(Path("/").glob(f"{pattern.removeprefix('/')}/{name}"))
        if found:
            return str(found[-1])
    system = Path("/usr/sbin") / name
    return str(system) if system.is_file() else None
