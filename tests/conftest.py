"""Fixtures for every test: stores, clock, secrets, settings, mail, browser. Servers are shared, state never is."""

import gc
import os
import shutil
import ssl
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from idp.accounts import passwords
from idp.sealing import RootSecrets
from idp.settings import Settings, load_settings
from tests.servers import needs
from tests.servers.clock import HandClock
from tests.servers.demo import Demo
from tests.servers.postgresql import PostgreSQL
from tests.servers.programs import Program
from tests.servers.redis_server import RedisServer
from tests.servers.shared import SharedServers
from tests.servers.slapd import Slapd
from tests.servers.smtp import SmtpServer
from tests.servers.statements import compile_once
from tests.servers.stores import Stores, build_schema, postgresql_stores, sqlite_stores

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_compile_builder = Rule._compile_builder
_builders: dict[tuple[object, ...], Any] = {}
_SERVERS = pytest.StashKey[SharedServers]()


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a place for its servers; a worker of xdist learns it from the run's own process."""
    given = getattr(config, "workerinput", {}).get("servers")
    servers = SharedServers(Path(given[0]), given[1]) if given else SharedServers.for_new_run()
    config.stash[_SERVERS] = servers
    # A template is compiled once a run, not once for each application that a test builds.
    compiled = servers.folder / "templates"
    compiled.mkdir(exist_ok=True)
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(compiled))}
    Rule._compile_builder = _compiled_once  # type: ignore[method-assign]
    compile_once()
    # Hashing as shipped was half of what the tests cost. The programs that tests start hash as shipped.
    passwords.MEMORY_KIB, passwords.TIME_COST = 64, 1


def _compiled_once(rule: Rule, append_unknown: bool = True) -> Any:
    """Return what builds addresses of this rule. Each application has the same hundred rules, and compiling them was most of
    what building one costs."""
    key = (rule.rule, rule.subdomain, rule.host, str(rule.defaults), rule.map.host_matching, append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


def pytest_collection_finish() -> None:
    """Let the collector of garbage look no more at what every test shares: a tenth of what the tests cost was that."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a starting worker of xdist where the run's servers are."""
    servers = node.config.stash[_SERVERS]
    node.workerinput["servers"] = (str(servers.folder), servers.run_pid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep together what shares programs, and begin with what takes long."""
    from tests.work_units import WorkUnits

    config.option.loadscopereorder = False
    return WorkUnits(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run's servers, in the run's own process."""
    if not hasattr(config, "workerinput") and _SERVERS in config.stash:
        config.stash[_SERVERS].stop_all()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show a test that failed with what the programs around it printed last."""
    report = yield
    if report.failed:
        words = [program.newest_words() for program in Program.known]
        report.sections += [(f"Newest in {log}", text) for log, text in sorted(words) if text]
    return report


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No IDP_ variable of the caller reaches a test."""
    for name in [name for name in os.environ if name.startswith("IDP_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def own_umask() -> Iterator[None]:
    """The command line, run inside a test, narrows what files may be read by others: for that test only."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> SharedServers:
    """The servers of this test run."""
    return pytestconfig.stash[_SERVERS]


@pytest.fixture(scope="session")
def postgresql(servers: SharedServers) -> PostgreSQL:
    """A running PostgreSQL."""
    return PostgreSQL.of_run(servers, build_schema)


@pytest.fixture(scope="session")
def redis_server(servers: SharedServers, worker_id: str) -> RedisServer:
    """A running Redis."""
    return RedisServer.of_run(servers, 0 if worker_id == "master" else int(worker_id.removeprefix("gw")))


@pytest.fixture(scope="session")
def slapd(servers: SharedServers, worker_id: str) -> Slapd:
    """A running OpenLDAP server of this worker."""
    return Slapd.of_worker(servers, worker_id)


@pytest.fixture(scope="session")
def sqlite_template(servers: SharedServers) -> Path:
    """An SQLite file with every table and no row."""
    file = servers.folder / "template.sqlite3"

    def build() -> dict[str, str]:
        build_schema(f"sqlite:///{file}")
        return {}

    servers.once("sqlite-template", build)
    return file


@pytest.fixture
def clock() -> HandClock:
    """A clock that stands still until the test moves it."""
    return HandClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> Iterator[Stores]:
    """Both pairs of stores in turn, fresh, on the test's clock."""
    if request.param == "sqlite":
        with sqlite_stores(request.getfixturevalue("sqlite_template"), tmp_path, clock) as opened:
            yield opened
    else:
        running = request.getfixturevalue("postgresql"), request.getfixturevalue("redis_server")
        with postgresql_stores(*running, clock) as opened:
            yield opened


@pytest.fixture
def secrets(tmp_path: Path) -> RootSecrets:
    """Root secrets, new, in the `keys` folder of the test."""
    return RootSecrets.create(tmp_path / "keys")


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    """Load settings with overrides; everything else as shipped, state in the test's folder."""

    def make(**overrides: object) -> Settings:
        given = {"issuer": "http://localhost:8080", "data_dir": tmp_path, "keys_dir": tmp_path / "keys"}
        return load_settings(**(given | overrides))

    return make


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    """The settings as shipped."""
    return make_settings()


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    """A running SMTP server without TLS."""
    server = SmtpServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def certificate_authority() -> trustme.CA:
    """A certificate authority of this test run."""
    return trustme.CA()


@pytest.fixture(scope="session")
def server_tls(certificate_authority: trustme.CA) -> ssl.SSLContext:
    """TLS for a server called localhost or 127.0.0.1, by the run's authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate_authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """A running Chromium; open a context of its own in each test."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium-headless-shell") or needs.program("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The running demo."""
    running = Demo(tmp_path_factory.mktemp("demo") / "data")
    yield running
    running.stop()
    assert "Traceback" not in running.program.printed()
