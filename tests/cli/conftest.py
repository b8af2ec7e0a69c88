"""An operator at the command line, on both pairs of stores."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from idp.cli.main import main
from idp.sealing import RootSecrets
from tests.servers.stores import Stores


class Operator:
    """Types `idp` commands."""

    def type(self, *arguments: str, stdin: str = "") -> Result:
        """Run a command to its end."""
        done = CliRunner().invoke(main, list(arguments), input=stdin, prog_name="idp")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    def get(self, *arguments: str, stdin: str = "") -> Any:
        """Run a command with --json; it must be done, and its result is returned."""
        done = self.type(*arguments, "--json", stdin=stdin)
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)

    def is_refused(self, *arguments: str, stdin: str = "") -> str:
        """Run a command that must be refused; return the reasons."""
        done = self.type(*arguments, stdin=stdin)
        assert done.exit_code == 1, done.output
        assert done.stdout == ""
        return done.stderr

    def trail(self, event: str) -> list[dict[str, Any]]:
        """Return the entries of the trail whose name begins so."""
        listed: list[dict[str, Any]] = self.get("audit", "list", "--event", event)
        return listed


@pytest.fixture
def settled(stores: Stores, secrets: RootSecrets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stores:
    """The environment of an operator whose database and root secret are there."""
    for name, value in {
        "IDP_ISSUER": "http://localhost:8080",
        "IDP_DATA_DIR": str(tmp_path),
        "IDP_KEYS_DIR": str(tmp_path / "keys"),
        "IDP_DATABASE_URL": stores.database_url,
        "IDP_REDIS_URL": stores.redis_url,
    }.items():
        monkeypatch.setenv(name, value)
    return stores


@pytest.fixture
def operator(settled: Stores) -> Operator:
    """An operator."""
    return Operator()


@pytest.fixture
def with_modules(operator: Operator) -> Callable[..., None]:
    """Add modules."""

    def add(*names: str) -> None:
        for name in names:
            operator.get(
                "modules", "create", name, "--title", name.upper(), "--start-url", f"https://{name}.example/in"
            )

    return add
