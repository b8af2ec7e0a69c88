"""oidc-agent, as Debian packages it: a program without a browser on somebody's machine, which gets tokens for others there."""

import re
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.interop.device import connect
from tests.servers import needs
from tests.servers.demo import Demo
from tests.servers.people import Person
from tests.servers.programs import Program, environment
from tests.servers.relying_party import register
from tests.servers.shared import SharedServers
from tests.servers.web_client import WebClient

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
SCOPE = "openid email offline_access"


class OidcAgent:
    """A running agent with accounts of its own."""

    def __init__(self, folder: Path) -> None:
        binary = needs.program("oidc-agent")
        folder.mkdir()
        self.folder = folder
        self.settings = {
            "HOME": str(folder),
            "OIDC_CONFIG_DIR": str(folder),
            "OIDC_SOCK": str(folder / "agent.sock"),
            "OIDC_ENCRYPTION_PW": "only-for-this-test",
        }
        command: list[str | Path] = [binary, "--console", "-a", folder / "agent.sock"]
        self.program = Program(command, folder / "agent.log", self.settings)
        self._generating: Program | None = None
        self._wait_until_it_listens()

    def configure(self, *options: str) -> Program:
        """Begin an account called mes; it waits for a person."""
        command: list[str | Path] = ["oidc-gen", "mes", "--flow=device", "--pw-env", "--prompt=none", *options]
        self._generating = Program(command, self.folder / "gen.log", self.settings)
        return self._generating

    def stop(self) -> None:
        """End it, and what still waits for a person."""
        if self._generating is not None and self._generating.runs():
            self._generating.kill()
        self.program.stop()

    def token(self, *options: str) -> str:
        """Return an access token of the account."""
        command = ["oidc-token", "mes", *options]
        asked = subprocess.run(
            command, env=environment(**self.settings), capture_output=True, text=True, check=False, timeout=30
        )
        assert asked.returncode == 0, asked.stderr
        return asked.stdout.strip()

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + 60
        while not (self.folder / "agent.sock").exists():
            assert self.program.runs(), self.program.printed()
            assert time.monotonic() < deadline, self.program.printed()
            time.sleep(0.05)


@pytest.fixture
def agent(servers: SharedServers) -> Iterator[OidcAgent]:
    """A running agent."""
    running = OidcAgent(servers.folder / f"oidc-agent-{secrets.token_hex(4)}")
    yield running
    running.stop()


def shown_code(program: Program) -> str:
    """Return the code that it shows for a person to enter."""
    deadline = time.monotonic() + 60
    while not (found := re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", program.printed())):
        assert program.runs(), program.printed()
        assert time.monotonic() < deadline, program.printed()
        time.sleep(0.05)
    return found[0]


def of_an_operator(demo: Demo) -> list[str]:
    """Register a client as an operator does; return what the agent is told of it."""
    client_id, client_secret = register(
        demo.house,
        client_name="Command line",
        first_party=True,
        grant_types=[DEVICE_CODE, "refresh_token"],
        scope=SCOPE,
    )
    return [f"--client-id={client_id}", f"--client-secret={client_secret}"]


def of_its_own(_demo: Demo) -> list[str]:
    """Let the agent register itself."""
    return []


@pytest.mark.parametrize("client", [of_an_operator, of_its_own])
def test_oidc_agent_signs_in_by_the_device_grant(
    agent: OidcAgent, demo: Demo, browser: WebClient, somebody: Person, client: Callable[[Demo], list[str]]
) -> None:
    generating = agent.configure(
        f"--iss={demo.provider}",
        f"--scope={SCOPE}",
        "--redirect-uri=http://localhost:4242",  # asked for even where the flow has none
        *client(demo),
    )
    page = connect(browser, f"{demo.provider}/device", shown_code(generating))
    assert page.path == "/device/done", page.words()
    generating.wait()
    assert "Everything setup correctly" in generating.printed()
    token = agent.token()
    renewed = agent.token("--time=4000")  # longer than any lives, so it refreshes
    assert renewed != token
    header = {"Authorization": f"Bearer {renewed}"}
    known = requests.get(f"{demo.provider}/userinfo", headers=header, timeout=30)
    assert known.json()["email"] == somebody.user_id
