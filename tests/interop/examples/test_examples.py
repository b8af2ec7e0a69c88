"""Each example of examples/README.md signs somebody in, says who it is, and signs them out of everything."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.interop.examples.commands import Example, run
from tests.interop.node_program import FOLDER, install
from tests.servers import needs
from tests.servers.demo import Demo
from tests.servers.people import Person
from tests.servers.programs import Program
from tests.servers.shared import SharedServers
from tests.servers.web_client import Page, WebClient

LEVEL = "urn:mes:acr:passcode"


@pytest.fixture
def started() -> Iterator[ExitStack]:
    """Ends what a test started."""
    with ExitStack() as stack:
        yield stack


def shown(person: Person) -> dict[str, str]:
    return {"name": person.name, "email": person.user_id, "acr": LEVEL}


def sign_in(demo: Demo, client: WebClient, origin: str, person: Person, program: Program) -> Page:
    page = demo.sign_in(client, f"{origin}/", person)
    assert page.url.startswith(origin), f"{page.url} {page.status} {page.words()}\n{program.printed()}"
    assert page.status == 200, f"{page.status} {page.text}\n{program.printed()}"
    return page


def sign_out(demo: Demo, client: WebClient, url: str) -> Page:
    page = client.get(url)
    if page.url.startswith(demo.provider):
        page = client.submit(page)
    assert client.get(f"{demo.provider}/menu").path == "/sign-in", "still signed in to MES"
    return page


def test_flask(demo: Demo, tmp_path: Path, started: ExitStack) -> None:
    example, person, client = Example.read("Flask"), demo.person(), WebClient()
    program, origin = example.start(demo, example.copy(tmp_path), Path(sys.executable).with_name("flask"))
    started.callback(program.stop)
    assert json.loads(sign_in(demo, client, origin, person, program).text) == shown(person)
    assert sign_out(demo, client, f"{origin}/sign-out").text.strip() == '{"signed":"out"}'
    assert client.get(f"{origin}/").path == "/sign-in", "and out of the module"


def test_node(demo: Demo, tmp_path: Path, started: ExitStack) -> None:
    node = install()
    example, person, client = Example.read("Node"), demo.person(), WebClient()
    wanted = json.loads((example.copy(tmp_path) / "package.json").read_text())["dependencies"]
    assert json.loads((FOLDER / "package.json").read_text())["dependencies"].items() >= wanted.items()
    (tmp_path / "node_modules").symlink_to(FOLDER / "node_modules")
    program, origin = example.start(demo, tmp_path, node)
    started.callback(program.kill)
    assert json.loads(sign_in(demo, client, origin, person, program).text) == shown(person)
    assert sign_out(demo, client, f"{origin}/sign-out").text.strip() == '{"signed":"out"}'
    assert client.get(f"{origin}/").path == "/sign-in", "and out of the module"


def test_apache(demo: Demo, servers: SharedServers, started: ExitStack) -> None:
    binary = Path(needs.program("apache2"))
    if not Path("/usr/lib/apache2/modules/mod_auth_openidc.so").exists():
        needs.miss("libapache2-mod-auth-openidc is not installed")
    example, person, client = Example.read("Apache"), demo.person(), WebClient()
    work = example.copy(servers.folder / f"apache-example-{os.getpid()}")
    for line in example.lines[2:5]:
        run(line.replace("/tmp/mes-apache", str(work)), work)
    for path in (work, *work.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    if os.geteuid() == 0:
        example = Example(
            example.name, (*example.lines[:-1], example.lines[-1].replace("-X", "-X -D ROOT")), example.port
        )
    program, origin = example.start(demo, work, binary)
    started.callback(program.stop)
    page = sign_in(demo, client, origin, person, program)
    assert page.text == "Signed in\n"
    assert {name: page.headers[f"X-{name.title()}"] for name in ("name", "email", "acr")} == shown(person)
    back = f"{origin}/signed-out/".replace(":", "%3A").replace("/", "%2F")
    assert sign_out(demo, client, f"{origin}/callback?logout={back}").text == "Signed out\n"
    assert client.get(f"{origin}/").path == "/sign-in", "and out of the module"


def test_spring(demo: Demo, tmp_path: Path, started: ExitStack) -> None:
    """Runs where Maven has what the example needs already: fetching a hundred packages is not for every test run."""
    if os.environ.get("MES_TEST_SPRING") != "1":
        pytest.skip("Maven would fetch a hundred packages and build for a minute: MES_TEST_SPRING=1 runs it")
    example, person, client = Example.read("Spring"), demo.person(), WebClient()
    java, _maven = Path(needs.program("java")), needs.program("mvn")
    example.copy(tmp_path)
    run(example.lines[2], tmp_path)
    program, origin = example.start(demo, tmp_path, java)
    started.callback(program.stop)
    assert json.loads(sign_in(demo, client, origin, person, program).text) == shown(person)
    page = client.submit(client.get(f"{origin}/logout"))
    if page.url.startswith(demo.provider):
        page = client.submit(page)
    assert page.text == '{"signed":"out"}'
    assert client.get(f"{demo.provider}/menu").path == "/sign-in"
