"""`idp` itself: quick to start, and clear about misuse."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from idp import __version__
from idp.cli.main import COMMANDS, main


def test_version_and_help_load_no_command() -> None:
    code = "import sys; from idp.cli import main; main(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for name in COMMANDS:
        assert name in done.stdout
    assert "sqlalchemy" not in done.stdout
    assert "flask" not in done.stdout


def test_version() -> None:
    assert __version__ in CliRunner().invoke(main, ["--version"]).stdout


@pytest.mark.parametrize("arguments", [["nonsense"], ["keys", "rotate", "--alg", "HS256"], ["users", "create"]])
def test_misuse_is_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, arguments).exit_code == 2


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(name: str) -> None:
    told = CliRunner().invoke(main, [name, "--help"])
    assert told.exit_code == 0
    assert "Usage:" in told.stdout


def test_without_an_issuer_the_reason_names_the_variable() -> None:
    refused = CliRunner().invoke(main, ["keys", "list"])
    assert refused.exit_code == 1
    assert refused.stderr == "idp: issuer: is not set; set IDP_ISSUER\n"
