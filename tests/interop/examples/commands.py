"""The commands of examples/README.md as a reader would type them, with ids, secrets and ports filled in."""

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.servers.demo import Demo
from tests.servers.ports import free_port
from tests.servers.programs import Program

EXAMPLES = Path(__file__).parents[3] / "examples"
_HEADING = re.compile(r"^## (\w+).*?\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """One section of the document."""

    name: str
    lines: tuple[str, ...]
    port: str

    @classmethod
    def read(cls, name: str) -> "Example":
        """Read a section's block of commands."""
        section = dict(_HEADING.findall((EXAMPLES / "README.md").read_text()))[name]
        found = _BLOCK.search(section)
        assert found, name
        lines = tuple(found[1].replace("\\\n", " ").splitlines())
        port = re.search(r"http://localhost:(\d+)/callback", lines[0])
        assert port, lines[0]
        return cls(name, lines, port[1])

    def register(self, demo: Demo, port: int) -> dict[str, str]:
        """Run the first command on a demo; return what it printed by name."""
        words = shlex.split(self.lines[0].replace(f"localhost:{self.port}", f"localhost:{port}"))
        assert words[:2] == ["IDP_DATA_DIR=var/demo", ".venv/bin/idp"]
        printed = demo.idp(*words[2:])
        return dict(re.findall(r"^(client_id|client_secret)\W+(\S+)", printed, re.MULTILINE))

    def folder(self) -> str:
        """The folder that the commands go to."""
        return self.lines[1].removeprefix("cd examples/")

    def settings(self, demo: Demo, port: int, registered: dict[str, str]) -> dict[str, str]:
        """Return what the line `export` sets."""
        exported = next(line for line in self.lines if line.startswith("export "))
        asked = dict(word.partition("=")[::2] for word in exported.removeprefix("export ").split() if "=" in word)
        assert asked["ISSUER"] == "http://localhost:8080"
        assert asked["CLIENT_ID"] == asked["CLIENT_SECRET"] == "…"
        given = {
            "ISSUER": demo.provider,
            "CLIENT_ID": registered["client_id"],
            "CLIENT_SECRET": registered["client_secret"],
            "SESSION_KEY": "only-in-tests-and-long-enough-to-be-a-key",
        }
        return {
            name: given.get(name, value.replace(self.port, str(port)))
            for name, value in asked.items()
            if name != "$(openssl"
        }

    def start(self, demo: Demo, work: Path, program: Path) -> tuple[Program, str]:
        """Register it, start `program` in place of the last command's, and return it with its address."""
        port = free_port()
        registered = self.register(demo, port)
        settings = self.settings(demo, port, registered) | {"PATH": os.environ["PATH"]}
        if "FOLDER" in settings:
            settings["FOLDER"] = str(work)
        command: list[str | Path] = [program, *shlex.split(self.lines[-1].replace(self.port, str(port)))[1:]]
        command = [str(word).replace("$PWD", str(work)) for word in command]
        running = Program(command, work / f"{self.name}.out", settings)
        running.wait_until(port)
        return running, f"http://localhost:{port}"

    def copy(self, work: Path) -> Path:
        """Copy the example's files to a folder where it may run."""
        shutil.copytree(EXAMPLES / self.folder(), work, dirs_exist_ok=True, ignore=shutil.ignore_patterns("target"))
        return work


def run(line: str, work: Path) -> None:
    """Run one preparing command in a shell. Raises AssertionError with its words."""
    done = subprocess.run(["sh", "-c", line], cwd=work, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
