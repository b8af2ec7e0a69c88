"""Several real `idp serve` behind one address, on stores of their own, with real mail."""

import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import trustme
from sqlalchemy import text

from idp.audit.trail import OPERATOR
from idp.house import build
from idp.keyring.make_key import NEEDED_ALGORITHMS
from idp.sealing import RootSecrets
from idp.settings import load_settings
from idp.store.migrate import upgrade
from tests.servers.demo import code_in
from tests.servers.people import Person, new_person
from tests.servers.ports import free_ports
from tests.servers.programs import IDP, Program
from tests.servers.round_robin import RoundRobin
from tests.servers.smtp import SmtpServer
from tests.servers.web_client import Page, WebClient

MAIL_PASSWORD = "mail.password"


class Providers:
    """The running processes and what is around them."""

    def __init__(
        self, folder: Path, database_url: str, redis_url: str, authority: trustme.CA, *, count: int, workers: int
    ) -> None:
        self.folder = folder
        self.database_url = database_url
        port, *ports = free_ports(1 + count)
        self.issuer = f"http://localhost:{port}"
        self.balancer = RoundRobin(port, ports)
        self.smtp = SmtpServer(_server_tls(authority), password=MAIL_PASSWORD)
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        self.settings = {
            "IDP_ISSUER": self.issuer,
            "IDP_DATABASE_URL": database_url,
            "IDP_REDIS_URL": redis_url,
            "IDP_SMTP_URL": f"smtp://idp:{MAIL_PASSWORD}@localhost:{self.smtp.port}",
            "IDP_KEYS_DIR": str(folder / "keys"),
            "IDP_DATA_DIR": str(folder),
            "IDP_WORKERS": str(workers),
            # The tests all come from one address.
            "IDP_THROTTLE__SIGN_INS_PER_MINUTE": "100000",
            "IDP_THROTTLE__REQUESTS_PER_MINUTE": "100000",
            "SSL_CERT_FILE": str(folder / "ca.pem"),
        }
        self.programs: list[Program] = []
        self.killed_at: dict[int, float] = {}
        """When a test last killed workers of one of them."""
        self._ports = ports

    def start(self) -> None:
        """Make keys and tables, and start."""
        RootSecrets.create(self.folder / "keys")
        settings = load_settings(
            issuer=self.issuer,
            bind="127.0.0.1:1",
            database_url=self.database_url,
            redis_url=self.settings["IDP_REDIS_URL"],
            keys_dir=self.folder / "keys",
            data_dir=self.folder,
        )
        self.house = build(settings)
        upgrade(self.house.database)
        for algorithm in NEEDED_ALGORITHMS:
            self.house.keys.rotation.rotate(algorithm, OPERATOR)
        self.smtp.start()
        self.balancer.start()
        for number, port in enumerate(self._ports):
            own = self.settings | {"IDP_BIND": f"127.0.0.1:{port}", "IDP_METRICS_BIND": ""}
            self.programs.append(Program([IDP, "serve"], self.folder / f"serve-{number}.log", own))
        try:
            for program, port in zip(self.programs, self._ports, strict=True):
                program.wait_until(port)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End everything."""
        with ExitStack() as stack:
            for end in (self.smtp.stop, self.balancer.stop, self.house.close, *(each.stop for each in self.programs)):
                stack.callback(end)

    def person(self, *, modules: tuple[str, ...] = ()) -> Person:
        """Make somebody new."""
        return new_person(self.house, modules=modules)

    def code(self, person: Person, count: int = 1) -> str:
        """Return the passcode of the `count`-th mail to the person."""
        body = self.smtp.mailbox.wait(person.user_id, count).get_body(("plain",))
        assert body is not None
        return code_in(body.get_content())

    def rows(self, statement: str, **values: object) -> list[Any]:
        """Read from the database."""
        with self.house.database.reading() as connection:
            return list(connection.execute(text(statement), values))

    def count_events(self, event: str, since: int = 0) -> int:
        """Return how many events of a kind the trail holds after row `since`."""
        found = self.rows(
            "SELECT count(*) FROM audit_events WHERE event = :event AND id > :since", event=event, since=since
        )
        return int(found[0][0])

    def newest_event(self) -> int:
        """Return the number of the newest row of the trail."""
        return int(self.rows("SELECT coalesce(max(id), 0) FROM audit_events")[0][0])

    def go_to_password(self, client: WebClient, url: str) -> Page:
        """Open an address that asks to sign in; return the password page."""
        page = client.get(url)
        page.form("user_id", "password")
        return page

    def go_to_code(self, client: WebClient, url: str, person: Person, count: int = 1) -> tuple[Page, str]:
        """Go on to the page that asks for the code; return it with the code."""
        page = client.submit(self.go_to_password(client, url), user_id=person.user_id, password=person.password)
        page = client.submit(page, method="email")
        page.form("code")
        return page, self.code(person, count)

    def sign_in(self, client: WebClient, url: str, person: Person, count: int = 1) -> Page:
        """Go through all of it."""
        page, code = self.go_to_code(client, url, person, count)
        return client.submit(page, ("do", "check"), code=code)


def all_at_once(work: Any, arguments: list[Any]) -> list[Any]:
    """Run `work` on every argument in a thread of its own, all starting together; return the results in order."""
    ready = threading.Barrier(len(arguments))

    def run(argument: Any) -> Any:
        ready.wait()
        return work(argument)

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(run, arguments))


@contextmanager
def running(providers: Providers) -> Iterator[Providers]:
    """Start them, and end them whatever happens."""
    providers.start()
    try:
        yield providers
    finally:
        providers.stop()


def _server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context
