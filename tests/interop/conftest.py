"""A demo whose clock stands as the machine's does: relying parties of others refuse tokens from the future."""

import http.server
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.interop.party import Parties
from tests.interop.rp_library import Library
from tests.servers.demo import Demo
from tests.servers.people import Person
from tests.servers.web_client import WebClient

SETTINGS = {
    "IDP_DEVICE__POLL_SECONDS": "1",
    "IDP_DPOP__REQUIRE_NONCE": "true",  # the harder way: every library must ask twice at first
}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The running demo."""
    running = Demo(tmp_path_factory.mktemp("interop") / "data", settings=SETTINGS)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def redirect_uri() -> Iterator[str]:
    """Where sign-ins come back to: an address that answers everything with an empty page."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Empty) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/callback"
        server.shutdown()


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Library]]:
    """Client libraries of others, each in one running Node from the first who asks for it to the end."""
    running: dict[str, Library] = {}

    def of_name(name: str) -> Library:
        if name not in running:
            running[name] = Library(name, tmp_path_factory.mktemp("node") / f"{name}.log")
        return running[name]

    yield of_name
    for library in running.values():
        library.close()


@pytest.fixture(params=["openid_client", "oauth4webapi"])
def library(request: pytest.FixtureRequest, libraries: Callable[[str], Library]) -> Library:
    """One of the libraries."""
    return libraries(request.param)


@pytest.fixture
def parties(demo: Demo, library: Library, redirect_uri: str) -> Parties:
    """Registers clients for the library."""
    return Parties(demo, library, redirect_uri)


@pytest.fixture(scope="session")
def somebody(demo: Demo) -> Person:
    """Somebody who is signed in to the whole run; tests that sign out make somebody of their own."""
    return demo.person()


@pytest.fixture(scope="session")
def browser(demo: Demo, somebody: Person) -> WebClient:
    """The browser in which `somebody` is signed in, so that clients get their answer without a page."""
    client = WebClient()
    demo.sign_in(client, f"{demo.provider}/menu", somebody)
    return client


class _Empty(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass
