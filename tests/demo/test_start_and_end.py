"""How a demo starts, is kept, and ends."""

import json
import os
import signal
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from idp.cli.main import main
from tests.demo.waiting import is_free, printed_when
from tests.servers.demo import three_ports
from tests.servers.programs import IDP, Program


def start(folder: Path, port: int, log: str) -> Program:
    command: list[str | Path] = [IDP, "demo", "--json", "--port", str(port), "--data-dir", folder]
    program = Program(command, folder.parent / log, {})
    printed_when(program, '"people"')
    return program


def idp(*arguments: str, env: dict[str, str] | None = None) -> Result:
    """Run a command in this process: only what is to run for long needs one of its own."""
    return CliRunner().invoke(main, arguments, env=env, prog_name="idp")


def told(program: Program) -> dict:
    line = next(line for line in program.printed().splitlines() if line.startswith("{"))
    return json.loads(line)


def test_state_is_kept_people_are_put_back_and_all_ends_on_sigterm(tmp_path: Path) -> None:
    folder, port = tmp_path / "data", three_ports()
    first = start(folder, port, "first.log")
    before = told(first)
    assert before["mmis"] == f"http://localhost:{port + 1}"
    assert {person["state"] for person in before["people"]} == {
        "ready", "employee", "authenticator_app", "locked", "temporary_password",
    }  # fmt: skip
    settings = {"IDP_DATA_DIR": str(folder)}
    locked = next(person["user_id"] for person in before["people"] if person["state"] == "locked")
    assert idp("users", "unlock", locked, env=settings).exit_code == 0
    ready = next(person["user_id"] for person in before["people"] if person["state"] == "ready")
    sub = json.loads(idp("users", "show", ready, "--json", env=settings).stdout)["sub"]
    assert idp("users", "change-user-id", ready, "other@clinic.example", "--verified", env=settings).exit_code == 0
    refused = idp("demo", "--port", str(three_ports()), "--data-dir", str(folder))
    assert (refused.exit_code, "another demo runs" in refused.stderr) == (1, True)
    first.stop()
    assert "Traceback" not in first.printed()
    assert all(is_free(port + number) for number in range(3))

    moved = three_ports()
    second = start(folder, moved, "second.log")
    after = told(second)
    assert after["issuer"] == f"http://localhost:{moved}"
    shown = idp("users", "show", locked, "--json", env=settings)
    assert json.loads(shown.stdout)["locked_until"]
    assert json.loads(idp("users", "show", ready, "--json", env=settings).stdout)["sub"] == sub
    assert {c["client_id"] for c in after["clients"].values()} & {
        c["client_id"] for c in before["clients"].values()
    } == set()
    # Even a demo that is killed leaves no program behind on its ports.
    os.kill(second.pid, signal.SIGKILL)
    assert all(is_free(moved + number) for number in range(3))
    assert not second.runs()


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = idp("demo", "--port", str(port - 1), "--data-dir", str(tmp_path / "data"))
    assert refused.exit_code == 1
    assert f"127.0.0.1:{port}" in refused.stderr or f"127.0.0.1:{port - 1}" in refused.stderr
    assert "--port" in refused.stderr


@pytest.mark.parametrize("arguments", [["--port", "0"], ["--port", "65535"], ["--nonsense"]])
def test_misuse_is_2(arguments: list[str]) -> None:
    assert idp("demo", *arguments).exit_code == 2
