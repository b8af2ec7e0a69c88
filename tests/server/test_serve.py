"""`idp serve` as a program: it answers, keeps its secrets out of requests, survives a dead worker and drains at the end."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from idp.app import build
from idp.audit.trail import OPERATOR
from idp.keyring.make_key import ALGORITHMS
from idp.sealing import RootSecrets
from idp.settings import load_settings
from idp.store.migrate import upgrade
from tests.servers.ports import free_port
from tests.servers.programs import IDP, Program, idp
from tests.servers.smtp import SmtpServer

pytestmark = pytest.mark.timeout(300)


class Serving:
    """A provider with two workers."""

    def __init__(self, folder: Path, smtp_port: int) -> None:
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.settings = {
            "IDP_ISSUER": self.address,
            "IDP_BIND": f"127.0.0.1:{self.port}",
            "IDP_WORKERS": "2",
            "IDP_DATA_DIR": str(folder),
            "IDP_KEYS_DIR": str(folder / "keys"),
            "IDP_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        }
        for arguments in (
            ("keys", "init"),
            ("db", "upgrade"),
            ("keys", "rotate"),
            ("keys", "rotate", "--alg", "ES256"),
        ):
            idp(*arguments, settings=self.settings)
        self.program = Program([IDP, "serve"], folder / "serve.log", self.settings)
        self.program.wait_until(self.port)


def prepare(folder: Path, issuer: str) -> None:
    """Do what an operator does before the first start."""
    settings = load_settings(issuer=issuer, data_dir=folder, keys_dir=folder / "keys")
    RootSecrets.create(settings.keys_dir)
    with closing(build(settings)) as house:
        upgrade(house.database)
        for alg in ALGORITHMS:
            house.keys.rotation.rotate(alg, OPERATOR)


@pytest.fixture
def serving(tmp_path: Path, smtp: SmtpServer) -> Iterator[Serving]:
    provider = Serving(tmp_path, smtp.port)
    yield provider
    provider.program.stop()
    assert "Traceback" not in provider.program.printed()


def get(address: str) -> requests.Response:
    return requests.get(address, timeout=20)


def test_it_serves_sends_and_survives(serving: Serving, smtp: SmtpServer) -> None:
    assert get(f"{serving.address}/readyz").json()["status"] == "ready"
    assert get(f"{serving.address}/sandbox/inbox").status_code == 404
    assert requests.post(f"{serving.address}/sandbox/clock", data={"advance": 1}, timeout=20).status_code == 404

    # What the command line puts into the outbox, a worker inside `idp serve` sends.
    create = ["users", "create", "p@clinic.example", "--given-name=Paul", "--family-name=Quill", "--send-credentials"]
    idp(*create, settings=serving.settings)
    smtp.mailbox.wait("p@clinic.example", count=2)

    victim = serving.program.children()[0]
    os.kill(victim, signal.SIGKILL)
    give_up_at = time.monotonic() + 30
    while victim in (children := serving.program.children()) or len(children) < 2:
        assert time.monotonic() < give_up_at, "no new worker came"
        time.sleep(0.2)
    assert get(f"{serving.address}/jwks").status_code == 200


def test_a_request_in_flight_is_answered_before_the_provider_ends(serving: Serving) -> None:
    body = b"grant_type=nonsense&x=y"
    head = (
        f"POST /token HTTP/1.1\r\nHost: localhost:{serving.port}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", serving.port), 20) as connection:
        connection.sendall(head.encode() + body[:10])
        time.sleep(0.5)
        ending = threading.Thread(target=serving.program.stop)
        ending.start()
        time.sleep(0.5)
        connection.sendall(body[10:])
        answer = connection.recv(10_000)
    ending.join()
    assert answer.startswith(b"HTTP/1.1 400")
    assert not serving.program.runs()


def test_a_provider_that_cannot_listen_says_so(serving: Serving) -> None:
    second = subprocess.run(
        [IDP, "serve"], env=dict(os.environ) | serving.settings, capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert f"bind: cannot listen on 127.0.0.1:{serving.port}" in second.stderr
