"""DESIGN 5: the wheel carries all that it needs and nothing secret, and runs far from a checkout."""

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.house.tracked import ROOT
from tests.servers.demo import three_ports
from tests.servers.programs import Program
from tests.servers.web_client import WebClient

BIN = Path(sys.executable).parent
CARRIED = ["templates", "static", "config", "migrations", "translations"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a wheel and an sdist of the files as git knows them."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    archive = subprocess.run(
        ["tar", "-c", "--ignore-failed-read", "--null", "-T", "-"],
        cwd=ROOT,
        check=True,
        input=listing.stdout,
        capture_output=True,
    )
    subprocess.run(["tar", "-x", "-C", source], check=True, input=archive.stdout)
    # A key in the folder, as an operator's checkout has one, must not be carried away.
    (source / "keys" / "root-1.key").write_text("secret\n")
    build: list[str | Path] = [BIN / "python", "-m", "build", "--no-isolation", "--outdir", out, source]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an empty environment that got the wheel and what it depends on, and nothing for developers."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    (wheel,) = built.glob("*.whl")
    _uv("venv", "--quiet", "--python", sys.executable, str(home))
    install = ["pip", "install", "--quiet", "--python", str(home), "--constraint", str(ROOT / "requirements.lock")]
    if not _uv(*install, "--offline", str(wheel), may_fail=True):
        _uv(*install, str(wheel))
    return home / "bin"


def test_wheel_carries_templates_static_files_migrations_and_config(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for folder in CARRIED:
        wanted = {
            f"idp/_data/{path.relative_to(ROOT)}"
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert wanted
        assert wanted <= set(names)


def test_neither_wheel_nor_sdist_carries_a_key_or_state(built: Path) -> None:
    (wheel,), (sdist,) = built.glob("*.whl"), built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = [*zipfile.ZipFile(wheel).namelist(), *archive.getnames()]
    assert [name for name in names if name.endswith((".key", ".pem", ".sqlite3")) or "/var/" in name] == []


def test_version_is_told_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    told = subprocess.run(
        [installed / "idp", "--version"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "0.1.0" in told.stdout


def test_demo_runs_from_an_empty_folder_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    """Templates, static files, migrations, translations and the two modules all come out of the wheel."""
    port = three_ports()
    issuer = f"http://localhost:{port}"
    program = Program([installed / "idp", "demo", "--port", str(port)], tmp_path / "demo.log", {"HOME": str(tmp_path)})
    try:
        for number in range(3):
            program.wait_until(port + number)
        client = WebClient()
        page = client.get(f"{issuer}/menu")
        assert page.path == "/sign-in", page.words()
        sheets = re.findall(r'href="(/static/[^"]+\.css)"', page.text)
        assert sheets
        assert all(client.get(issuer + sheet).status == 200 for sheet in sheets)
        keys = json.loads(client.get(f"{issuer}/jwks").text)["keys"]
        assert {key["kty"] for key in keys} == {"RSA", "EC", "OKP"}
        for number in (1, 2):
            assert client.get(f"http://localhost:{port + number}/").status == 200
    finally:
        program.stop()
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == ["demo.log"]


def _uv(*command: str, may_fail: bool = False) -> bool:
    for certificates in ([], ["--system-certs"]):
        environment = os.environ | {"UV_PYTHON_DOWNLOADS": "never"}
        call: list[str | Path] = [BIN / "uv", *command, *certificates]
        done = subprocess.run(call, capture_output=True, text=True, check=False, env=environment)
        if done.returncode == 0:
            return True
    assert may_fail, done.stderr
    return False
