"""`idp serve` as a program: it answers, keeps its secrets out of requests, survives a dead worker and drains at the end."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
import requests

from idp.audit.trail import OPERATOR
from idp.house import build
from idp.keyring.make_key import NEEDED_ALGORITHMS
from idp.sealing import RootSecrets
from idp.server.run import DRAIN_SECONDS, HEADERS_BYTES, HEADERS_MS
from idp.settings import load_settings
from idp.store.migrate import upgrade
from tests.servers.ports import free_port
from tests.servers.programs import IDP, Program, idp
from tests.servers.smtp import SmtpServer

pytestmark = pytest.mark.timeout(300)


def settings_of(folder: Path, smtp_port: int) -> dict[str, str]:
    """Return the settings of a provider with two workers, on ports that are free."""
    port = free_port()
    return {
        "IDP_METRICS_BIND": f"127.0.0.1:{free_port()}",
        "IDP_ISSUER": f"http://localhost:{port}",
        "IDP_BIND": f"127.0.0.1:{port}",
        "IDP_WORKERS": "2",
        "IDP_DATA_DIR": str(folder),
        "IDP_KEYS_DIR": str(folder / "keys"),
        "IDP_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
    }


class Serving:
    """A provider with two workers."""

    def __init__(self, folder: Path, smtp_port: int) -> None:
        self.settings = settings_of(folder, smtp_port)
        self.address = self.settings["IDP_ISSUER"]
        self.port = int(self.address.rpartition(":")[2])
        self.metrics_port = int(self.settings["IDP_METRICS_BIND"].rpartition(":")[2])
        prepare(folder, self.address)
        self.program = Program([IDP, "serve"], folder / "serve.log", self.settings)
        self.program.wait_until(self.port)


def prepare(folder: Path, issuer: str) -> None:
    """Do what an operator does before the first start."""
    settings = load_settings(issuer=issuer, data_dir=folder, keys_dir=folder / "keys")
    RootSecrets.create(settings.keys_dir)
    with closing(build(settings)) as house:
        upgrade(house.database)
        for alg in NEEDED_ALGORITHMS:
            house.keys.rotation.rotate(alg, OPERATOR)


@pytest.fixture(scope="module")
def smtp() -> Iterator[SmtpServer]:
    server = SmtpServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory, smtp: SmtpServer) -> Iterator[Serving]:
    """A provider for the tests that let it live."""
    provider = Serving(tmp_path_factory.mktemp("serving"), smtp.port)
    yield provider
    provider.program.stop()
    assert "Traceback" not in provider.program.printed()


@pytest.fixture
def ending(tmp_path: Path, smtp: SmtpServer) -> Iterator[Serving]:
    """A provider of one test's own, which the test ends."""
    provider = Serving(tmp_path, smtp.port)
    yield provider
    provider.program.stop()
    assert "Traceback" not in provider.program.printed()


def get(address: str) -> requests.Response:
    return requests.get(address, timeout=60)


def workers(serving: Serving) -> list[int]:
    """Return the processes that answer requests: all that were started but the one of /metrics."""
    found = []
    for pid in serving.program.children():
        # One that has just been killed may be gone by now.
        with suppress(FileNotFoundError, ProcessLookupError):
            if b"idp.server.metrics_process" not in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def test_it_serves_sends_and_survives(serving: Serving, smtp: SmtpServer) -> None:
    assert get(f"{serving.address}/readyz").json()["status"] == "ready"
    assert get(f"{serving.address}/sandbox/inbox").status_code == 404
    assert requests.post(f"{serving.address}/sandbox/clock", data={"advance": 1}, timeout=60).status_code == 404

    # What the command line puts into the outbox, a worker inside `idp serve` sends.
    create = ["users", "create", "p@clinic.example", "--given-name=Paul", "--family-name=Quill", "--send-credentials"]
    idp(*create, settings=serving.settings)
    smtp.mailbox.wait("p@clinic.example", count=2)

    victim = workers(serving)[0]
    os.kill(victim, signal.SIGKILL)
    give_up_at = time.monotonic() + 60
    while victim in (there := workers(serving)) or len(there) < 2:
        assert time.monotonic() < give_up_at, "no new worker came"
        time.sleep(0.2)
    assert get(f"{serving.address}/jwks").status_code == 200


def test_headers_without_end_are_refused_and_those_that_trickle_in_are_given_up(serving: Serving) -> None:
    """Slow loris: a connection is nobody's to hold."""
    with socket.create_connection(("127.0.0.1", serving.port), 60) as slow:
        slow.sendall(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-Slow")
        with socket.create_connection(("127.0.0.1", serving.port), 60) as long:
            long.sendall(b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * HEADERS_BYTES)
            assert long.recv(12) == b"HTTP/1.1 431"
        most = HEADERS_BYTES - 1_000
        assert requests.get(f"{serving.address}/jwks", headers={"X-Long": "x" * most}, timeout=60).status_code == 200
        slow.settimeout(HEADERS_MS / 1_000 + 20)
        # An answer or none: then the end, and no timeout of ours.
        while slow.recv(1_000):
            pass


def test_a_request_in_flight_is_answered_before_the_provider_and_its_metrics_end(ending: Serving) -> None:
    samples(ending.metrics_port)
    body = b"grant_type=nonsense&x=y"
    head = (
        f"POST /token HTTP/1.1\r\nHost: localhost:{ending.port}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    # The worker that answers serves already; one that still comes up would not have the connection.
    assert get(f"{ending.address}/readyz").status_code == 200
    with socket.create_connection(("127.0.0.1", ending.port), 60) as connection:
        connection.sendall(head.encode() + body[:10])
        time.sleep(0.5)
        stopping = threading.Thread(target=ending.program.stop)
        stopping.start()
        time.sleep(0.5)
        connection.sendall(body[10:])
        answer = connection.recv(10_000)
    stopping.join()
    assert answer.startswith(b"HTTP/1.1 400")
    assert not ending.program.runs()
    give_up_at = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", ending.metrics_port), 1).close()
        except ConnectionRefusedError:
            break
        assert time.monotonic() < give_up_at, "the port of /metrics is still served"
        time.sleep(0.1)


def test_a_provider_that_is_stopped_while_its_workers_come_up_ends_at_once(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, smtp_port=free_port()) | {"IDP_METRICS_BIND": ""}
    prepare(tmp_path, settings["IDP_ISSUER"])
    program = Program([IDP, "serve"], tmp_path / "serve.log", settings)
    try:
        while not program.children():
            assert program.runs(), program.printed()
            time.sleep(0.01)
        os.kill(program.pid, signal.SIGTERM)
        # A worker that hears nothing is waited for the whole time.
        program.wait(DRAIN_SECONDS - 5)
    finally:
        program.stop()
    assert "Traceback" not in program.printed()


def test_ports_that_are_taken_are_said_both_at_once(serving: Serving) -> None:
    second = subprocess.run(
        [IDP, "serve"], env=dict(os.environ) | serving.settings, capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert f"bind: cannot listen on 127.0.0.1:{serving.port}" in second.stderr
    assert f"metrics_bind: cannot listen on 127.0.0.1:{serving.metrics_port}" in second.stderr


def samples(port: int) -> dict[str, float]:
    """Return every sample of /metrics by its name with labels."""
    answer = get(f"http://127.0.0.1:{port}/metrics")
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_metrics_have_a_port_of_their_own_and_add_up_over_workers(serving: Serving) -> None:
    assert get(f"{serving.address}/metrics").status_code == 404
    assert get(f"http://127.0.0.1:{serving.metrics_port}/sign-in").status_code == 404
    before = samples(serving.metrics_port).get('idp_request_seconds_count{path="/jwks",status="200"}', 0)
    for _ in range(20):
        assert get(f"{serving.address}/jwks").status_code == 200
    get(f"{serving.address}/a-name-that-a-stranger-made-up")
    requests.post(
        f"{serving.address}/token", data={"grant_type": "client_credentials"}, auth=("nobody", "x"), timeout=60
    )
    counted = samples(serving.metrics_port)
    assert counted['idp_request_seconds_count{path="/jwks",status="200"}'] == before + 20
    assert counted['idp_request_seconds_count{path="other",status="404"}'] >= 1
    assert counted['idp_events_total{event="client:authentication:rejected"}'] == 1
    assert not [name for name in counted if "stranger" in name]
