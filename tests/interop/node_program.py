"""Node and the packages of `package.json` from npm, installed beside their scripts into a folder that git ignores."""

import fcntl
import json
import os
import subprocess
from pathlib import Path

from tests.servers import needs

FOLDER = Path(__file__).with_name("node")


def install() -> Path:
    """Install what `package.json` names, unless it is there; return the Node to run it with."""
    wanted = json.loads((FOLDER / "package.json").read_text())
    with (FOLDER / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_there(wanted["dependencies"]):
            command = [
                needs.program("npm"),
                "install",
                "--no-package-lock",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
            ]
            made = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
            if made.returncode:
                needs.miss(f"npm could not install what package.json names: {made.stderr}")
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(os.uname().machine, "")
    own = FOLDER / "node_modules" / f"node-linux-{machine}" / "bin" / "node"
    return own if own.is_file() else Path(needs.program("node"))


def _is_there(dependencies: dict[str, str]) -> bool:
    for name, version in dependencies.items():
        manifest = FOLDER / "node_modules" / name / "package.json"
        if not manifest.is_file() or json.loads(manifest.read_text())["version"] != version:
            return False
    return True
