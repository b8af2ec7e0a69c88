"""A client library of others, in one long-lived Node process: a JSON line asks for one step, a JSON line answers."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.interop.node_program import FOLDER, install
from tests.servers.programs import environment


class LibraryError(Exception):
    """The library refused, or passes on what the provider refused; `details` says what it said."""

    def __init__(self, details: dict[str, Any]) -> None:
        super().__init__(json.dumps(details))
        self.details = details

    @property
    def code(self) -> str:
        """The error code of the provider; "" when the library itself was not content."""
        found = self.details
        while "error" not in found and isinstance(found.get("cause"), dict):
            found = found["cause"]
        return str(found.get("error", ""))


class Library:
    """One running `node/<name>.mjs`; what it can be asked is listed there."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [install(), FOLDER / f"{name}.mjs"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment(),
                text=True,
            )

    def ask(self, step: str, **values: object) -> Any:
        """Have it do one step and return what came of it. Raises LibraryError."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": step, **values}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"{self.name} ended: {self._log.read_text()}"
        answer = json.loads(line)
        if "error" in answer:
            raise LibraryError(answer["error"])
        return answer["answer"]

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=60)
