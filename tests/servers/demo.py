"""A running `idp demo`: the provider with MMIS and Appeals, an inbox and a clock that can be moved."""

import json
import re
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
from click.testing import CliRunner

from idp.accounts.model import Account
from idp.audit.trail import OPERATOR
from idp.cli.main import main
from idp.demo.place import DemoPlace
from idp.house import build
from tests.servers.people import Person, new_person
from tests.servers.programs import IDP, Program
from tests.servers.web_client import Page, WebClient


class Demo:
    """One demo with ports and a folder of its own."""

    def __init__(self, folder: Path, *, port: int = 0, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.clock_offset = 0
        """How far the provider's clock is ahead of the machine's, in seconds."""
        self.settings = {"IDP_DATA_DIR": str(folder), **(settings or {})}
        port = port or three_ports()
        self.provider, self.mmis, self.appeals = (f"http://localhost:{port + number}" for number in range(3))
        command: list[str | Path] = [IDP, "demo", "--port", str(port), "--data-dir", folder]
        self.program = Program(command, folder.parent / "demo.log", settings or {})
        try:
            for number in range(3):
                self.program.wait_until(port + number)
        except BaseException:
            self.program.kill()
            raise
        place = DemoPlace(folder)
        self.house = build(place.load_settings(), clock=place.clock)

    def stop(self) -> None:
        """End it."""
        self.house.close()
        self.program.stop()

    def person(
        self, *, phone: str = "", modules: tuple[str, ...] = ("mmis", "appeals"), sets_up: bool = False
    ) -> Person:
        """Make somebody new; who `sets_up` MMIS has it still to do, with the mails that were sent for it."""
        return new_person(self.house, phone=phone, modules=modules, sets_up=sets_up)

    def approve(self, *, modules: tuple[str, ...] = ("mmis",)) -> Person:
        """Make somebody who is sent User ID and temporary password."""
        return new_person(self.house, modules=modules, send_credentials=True)

    def account(self, person: Person) -> Account:
        """Return the person's account."""
        account = self.house.people.accounts.by_user_id(person.user_id)
        assert account is not None
        return account

    def send_temporary_password(self, person: Person) -> None:
        """Have the help desk send a temporary password."""
        assert self.house.people.administer.send_temporary_password(self.account(person), OPERATOR)

    def sign_in(self, client: WebClient, url: str, person: Person, count: int = 1) -> Page:
        """Go through password and e-mailed code, the `count`-th message, from an address that asks to sign in."""
        page = client.get(url)
        page = client.submit(page, user_id=person.user_id, password=person.password)
        page = client.submit(page, method="email")
        return client.submit(page, ("do", "check"), code=self.code(person.user_id, count))

    def idp(self, *arguments: str, stdin: str = "") -> str:
        """Run an `idp` command on this demo, in this process; return what it printed."""
        done = CliRunner().invoke(main, arguments, input=stdin, env=self.settings, prog_name="idp")
        assert done.exit_code == 0, f"idp {' '.join(arguments)}: {done.output}"
        return done.stdout

    def advance(self, seconds: int) -> None:
        """Move the provider's clock."""
        self.clock_offset += seconds
        requests.post(f"{self.provider}/sandbox/clock", data={"advance": seconds}, timeout=60).raise_for_status()

    def inbox(self, to: str) -> list[dict[str, Any]]:
        """Return the messages to an address or number, newest first."""
        answer = requests.get(f"{self.provider}/sandbox/inbox.json", timeout=60)
        answer.raise_for_status()
        found: list[dict[str, Any]] = [message for message in answer.json() if message["to"] == to]
        return found

    def message(self, to: str, count: int = 1) -> dict[str, Any]:
        """Return the newest message to an address or number once `count` came."""
        deadline = time.monotonic() + 60
        while len(found := self.inbox(to)) < count:
            assert time.monotonic() < deadline, f"{count} messages to {to} awaited, {len(found)} came"
            time.sleep(0.05)
        return found[0]

    def code(self, to: str, count: int = 1) -> str:
        """Return the one-time passcode in the newest message, once `count` messages came."""
        return code_in(self.message(to, count)["body"])

    def audit(self, *options: str) -> list[dict[str, Any]]:
        """Return the trail."""
        listed: list[dict[str, Any]] = json.loads(self.idp("audit", "list", "--json", *options))
        return listed


def temporary_password_in(text: str) -> str:
    """Return the temporary password that a message holds: a line of its own."""
    found = re.search(r"^[ >]*(\S{12,40})\s*$", text, re.MULTILINE)
    assert found, text
    return found[1]


def code_in(text: str) -> str:
    """Return the passcode that a message holds."""
    found = re.search(r"(?<![\d+])(\d{6})(?!\d)", text)
    assert found, text
    return found[1]


def three_ports() -> int:
    """Return the first of three free ports in a row."""
    for _ in range(100):
        with socket.create_server(("127.0.0.1", 0)) as first:
            port: int = first.getsockname()[1]
            try:
                for number in (1, 2):
                    socket.create_server(("127.0.0.1", port + number)).close()
            except OSError:
                continue
        return port
    raise RuntimeError("no three free ports in a row")
