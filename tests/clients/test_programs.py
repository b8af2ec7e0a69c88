"""Each module runs as a program of its own, provider or no provider."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def running(module: str, *options: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", f"clients.{module}", *options]
    process = subprocess.Popen(command, env={"PATH": "/usr/bin", **environment}, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=60)


@pytest.mark.parametrize("module", ["mmis", "appeals"])
def test_a_module_starts_serves_and_stops_without_a_provider(module: str) -> None:
    port, away = free_port(), free_port()
    base = f"http://localhost:{port}"
    options = ["--issuer", f"http://localhost:{away}", "--base-url", base, "--port", str(port)]
    secrets = {f"{module.upper()}_CLIENT_ID": "id", f"{module.upper()}_CLIENT_SECRET": "secret"}
    with running(module, *options, **secrets) as process:
        deadline = time.monotonic() + 60
        while True:
            try:
                assert requests.get(f"{base}/healthz", timeout=30).text == "ok\n"
                break
            except requests.ConnectionError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        assert "Sign in with MES" in requests.get(base, timeout=60).text
        assert requests.get(f"{base}/sign-in", timeout=60).status_code == 503
        assert requests.get(f"{base}/static/{module}.css", timeout=60).headers["Content-Type"].startswith("text/css")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--issuer", "http://idp.example", "--base-url", "http://localhost:1", "--port", "1"], "issuer"),
        (["--issuer", "https://idp.example", "--base-url", "http://localhost:1"], "port"),
    ],
)
def test_broken_settings_are_named_before_anything_starts(options: list[str], words: str) -> None:
    with running("mmis", *options, MMIS_CLIENT_ID="id", MMIS_CLIENT_SECRET="secret") as process:
        _, complaint = process.communicate(timeout=60)
        assert process.returncode == 1
        assert words in complaint.decode()
