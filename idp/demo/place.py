"""Where a demo keeps its state: one folder, known by the `demo.toml` in it.

Whoever opens the folder (`IDP_DATA_DIR=<folder> idp ...`) gets the demo's settings, keys and clock from here, so that the
command line works on a demo while it runs.
"""

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from idp.clock import ShiftedClock
from idp.settings import Settings, SettingsFault, load_settings

MARK = "demo.toml"


@dataclass(frozen=True)
class DemoPlace:
    """One demo's folder."""

    folder: Path

    @classmethod
    def named_by_environment(cls) -> "DemoPlace | None":
        """Return the demo that `IDP_DATA_DIR` names, or None when it names none."""
        named = os.environ.get("IDP_DATA_DIR")
        place = cls(Path(named).absolute()) if named else None
        return place if place and place.exists else None

    @property
    def exists(self) -> bool:
        """Whether a demo was made in this folder."""
        return (self.folder / MARK).is_file()

    @property
    def keys_dir(self) -> Path:
        """Where the demo's root secrets are."""
        return self.folder / "keys"

    @property
    def employees_file(self) -> Path:
        """The stand-in directory's people (JSON)."""
        return self.folder / "employees.json"

    @property
    def inbox_file(self) -> Path:
        """Every mail and text, a JSON line each, oldest first."""
        return self.folder / "inbox.jsonl"

    @property
    def clients_file(self) -> Path:
        """Ids and secrets of the two modules' clients (JSON)."""
        return self.folder / "clients.json"

    @property
    def clock(self) -> ShiftedClock:
        """The clock that every process of this demo shares."""
        return ShiftedClock(self.folder / "clock-offset")

    def make(self, port: int) -> None:
        """Make the folder, or take it over for this `port`."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lines = [
            "# Made by `idp demo`: whoever names this folder in IDP_DATA_DIR works on this demo.",
            f'issuer = "http://localhost:{port}"',
            f'bind = "127.0.0.1:{port}"',
        ]
        (self.folder / MARK).write_text("\n".join(lines) + "\n")

    def load_settings(self) -> Settings:
        """Return the demo's settings: its addresses and stores are its own, every other number may be overridden.

        Raises SettingsFault.
        """
        try:
            own: dict[str, Any] = tomllib.loads((self.folder / MARK).read_text())
        except (OSError, ValueError) as error:
            raise SettingsFault([f"{self.folder / MARK}: cannot be read ({error})"]) from error
        return load_settings(
            data_dir=self.folder,
            keys_dir=self.keys_dir,
            database_url=f"sqlite:///{self.folder / 'idp.sqlite3'}",
            redis_url="",
            smtp_url="",
            sms_url="",
            trusted_proxies=0,
            # The demo's modules are told of sign-outs on this machine.
            outbound={"allow": ["localhost", "127.0.0.1", "::1"]},
            # Nobody but whoever runs it can reach it.
            registration={"open": True},
            **own,
        )

    def read_clients(self) -> dict[str, Any]:
        """Return what `write_clients` kept; empty at the first start."""
        try:
            kept: dict[str, Any] = json.loads(self.clients_file.read_text())
        except FileNotFoundError:
            return {}
        return kept

    def write_clients(self, clients: dict[str, Any]) -> None:
        """Keep the clients' ids and secrets, readable by the owner only."""
        descriptor = os.open(self.clients_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(clients, file, indent=2)
