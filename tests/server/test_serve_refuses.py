"""`idp serve` does not start broken or insecure; each fault stands on a line of its own (SECURITY 4.12, 4.23)."""

import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from idp.cli.main import main
from idp.demo.place import DemoPlace
from tests.servers.ports import free_port


def settings_in(folder: Path) -> dict[str, str]:
    return {
        "IDP_ISSUER": "http://localhost:8080",
        "IDP_DATA_DIR": str(folder),
        "IDP_KEYS_DIR": str(folder / "keys"),
        "IDP_SMTP_URL": "smtp://127.0.0.1:2525",
        "IDP_BIND": f"127.0.0.1:{free_port()}",
        "IDP_METRICS_BIND": f"127.0.0.1:{free_port()}",
    }


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an operator's commands leave before the first start."""
    folder = tmp_path_factory.mktemp("prepared")
    for command in ("keys init", "db upgrade", "keys rotate --alg RS256", "keys rotate --alg ES256"):
        done = CliRunner().invoke(main, command.split(), env=settings_in(folder))
        assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def sound(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A provider that would start, but for its one fault: every test adds one."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    settings = settings_in(tmp_path)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return settings


@pytest.fixture
def refused(sound: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Try to serve with other settings; return the lines on stderr."""

    def serve(**changes: str) -> list[str]:
        for name, value in changes.items():
            monkeypatch.setenv(name, value)
        done = CliRunner().invoke(main, ["serve"])
        assert done.exit_code == 1, done.output
        assert done.stdout == ""
        return [line for line in done.stderr.splitlines() if "warning" not in line]

    return serve


def run(*arguments: str) -> None:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"IDP_ISSUER": "http://login.example.gov"}, "issuer: "),
        ({"IDP_ISSUER": "https://login.example.gov/"}, "issuer: "),
        ({"IDP_SMTP_URL": ""}, "smtp_url: "),
        ({"IDP_SMTP_URL": "http://mail"}, "smtp_url: "),
        ({"IDP_SMS_URL": "http://texts.example.gov"}, "sms_url: "),
        ({"IDP_BIND": "everywhere"}, "bind: "),
        ({"IDP_METRICS_BIND": "everywhere"}, "metrics_bind: "),
        ({"IDP_DATABASE_URL": "mysql://localhost/idp"}, "database_url: "),
        ({"IDP_DATABASE_URL": "postgresql+psycopg://u:p@127.0.0.1:1/idp"}, "database: does not answer"),
        ({"IDP_DATABASE_URL": "postgresql+psycopg://u:p@db.example.gov/idp"}, "database_url: "),
        ({"IDP_REDIS_URL": "redis://cache.example.gov"}, "redis_url: "),
        ({"IDP_WORKERS": "0"}, "workers: "),
        ({"IDP_LOCKOUT__MAX_ATTEMPT": "5"}, "lockout.max_attempt: "),
        ({"IDP_WORKRES": "4"}, "IDP_WORKRES: "),
        ({"IDP_CONFIG": "/nowhere/idp.toml"}, "IDP_CONFIG: "),
        ({"AUTHLIB_INSECURE_TRANSPORT": "1"}, "AUTHLIB_INSECURE_TRANSPORT: "),
    ],
)
def test_each_fault_is_named_on_one_line(refused: Callable[..., list[str]], changes: dict[str, str], word: str) -> None:
    (line,) = refused(**changes)
    assert line.startswith(f"idp: {word}")


def test_several_faults_are_several_lines(refused: Callable[..., list[str]]) -> None:
    lines = refused(IDP_SMTP_URL="", IDP_BIND="x", IDP_KEYS_DIR="/nowhere", AUTHLIB_INSECURE_TRANSPORT="1")
    assert len(lines) == 4


def test_no_root_secret(refused: Callable[..., list[str]], tmp_path: Path) -> None:
    (line,) = refused(IDP_KEYS_DIR=str(tmp_path / "none"))
    assert "idp keys init" in line
    assert not (tmp_path / "none").exists(), "a root secret is never made by serving"


def test_a_root_secret_that_others_may_read(refused: Callable[..., list[str]], tmp_path: Path) -> None:
    (tmp_path / "keys" / "root-1.key").chmod(0o644)
    (line,) = refused()
    assert "chmod 600" in line


def test_a_damaged_root_secret(refused: Callable[..., list[str]], tmp_path: Path) -> None:
    (tmp_path / "keys" / "root-1.key").write_text("not a secret")
    (line,) = refused()
    assert "root-1.key" in line


def test_a_keys_folder_that_others_may_change(refused: Callable[..., list[str]], tmp_path: Path) -> None:
    (tmp_path / "keys").chmod(0o777)
    (line,) = refused()
    assert "chmod 700" in line


def test_pending_migrations(refused: Callable[..., list[str]], tmp_path: Path) -> None:
    (line,) = refused(IDP_DATABASE_URL=f"sqlite:///{tmp_path}/empty.sqlite3")
    assert "idp db upgrade" in line


def test_no_signing_keys(refused: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDP_DATABASE_URL", f"sqlite:///{tmp_path}/bare.sqlite3")
    run("db", "upgrade")
    lines = refused()
    assert [line.rpartition("`idp ")[2] for line in lines] == ["keys rotate --alg RS256`", "keys rotate --alg ES256`"]


def test_a_signing_key_sealed_with_another_root_secret(refused: Callable[..., list[str]], tmp_path: Path) -> None:
    (tmp_path / "keys" / "root-1.key").unlink()
    run("keys", "init")
    assert "signing keys" in " ".join(refused())


def test_an_address_that_is_taken(refused: Callable[..., list[str]], sound: dict[str, str]) -> None:
    host, port = sound["IDP_BIND"].split(":")
    with socket.create_server((host, int(port))):
        (line,) = refused()
    assert line.startswith("idp: bind: cannot listen")


def test_a_demos_folder_serves_no_production(refused: Callable[..., list[str]], tmp_path: Path) -> None:
    DemoPlace(tmp_path).make(8080)
    (line,) = refused()
    assert "belongs to a demo" in line


def test_settings_that_cannot_be_read_are_said_in_a_line_and_no_traceback(
    refused: Callable[..., list[str]], tmp_path: Path
) -> None:
    networks = '["198.51.100.7/24", "office"]'
    assert refused(IDP_THROTTLE__KNOWN_NETWORKS=networks) == [
        "idp: throttle.known_networks.0: 198.51.100.7/24 has host bits set",
        "idp: throttle.known_networks.1: 'office' does not appear to be an IPv4 or IPv6 network",
    ]
    said = 'error parsing value for field "employee_domains" from source "EnvSettingsSource"'
    assert refused(IDP_EMPLOYEE_DOMAINS="dmas.example", IDP_THROTTLE__KNOWN_NETWORKS="[]") == [
        f"idp: environment: {said}; lists are written as JSON"
    ]
    broken = tmp_path / "broken.toml"
    broken.write_bytes(b'issuer = "\n')
    [line] = refused(IDP_CONFIG=str(broken), IDP_EMPLOYEE_DOMAINS="[]")
    assert line.startswith(f"idp: {broken}: is not TOML (")
