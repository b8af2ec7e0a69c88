"""MMIS and Appeals as applications, and the provider they sign people in with."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from clients.appeals.app import create_app as create_appeals
from clients.mmis.app import create_app as create_mmis
from clients.rp_kit import RelyingPartySettings, mes
from tests.clients.peer import CLIENT_ID, CLIENT_SECRET, Peer
from tests.servers.clock import HandClock
from tests.servers.ports import free_port

BASE_URL = "http://localhost:8081"


class AtOurAddress(FlaskClient):
    """A browser that calls the module by its own address."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        """Make a request."""
        return super().open(*arguments, **({"base_url": BASE_URL} | options))


@pytest.fixture
def peer(clock: HandClock) -> Iterator[Peer]:
    """A provider that listens."""
    provider = Peer(clock)
    yield provider
    provider.stop()


@pytest.fixture
def relying(peer: Peer) -> RelyingPartySettings:
    """Settings of a relying party at that provider."""
    return RelyingPartySettings(
        name="mmis",
        issuer=peer.issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        base_url=BASE_URL,
        scope=mes.SCOPE,
        acr_levels=mes.ACR_LEVELS,
    )


@pytest.fixture
def mmis(relying: RelyingPartySettings, clock: HandClock) -> Flask:
    """MMIS."""
    return create_mmis(relying, other_url="http://localhost:8082", has_samples=True, now=clock.now)


@pytest.fixture
def appeals(relying: RelyingPartySettings, clock: HandClock) -> Flask:
    """Appeals."""
    return create_appeals(replace(relying, name="appeals"), has_samples=True, now=clock.now)


@pytest.fixture
def resource(relying: RelyingPartySettings, peer: Peer, clock: HandClock) -> Iterator[str]:
    """The API of a running Appeals."""
    port = free_port()
    settings = replace(relying, name="appeals", base_url=f"http://localhost:{port}")
    app = create_appeals(settings, api_clients=frozenset({CLIENT_ID}), now=clock.now)
    server = make_server("localhost", port, app, threaded=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    peer.resources = {f"{settings.base_url}/appeals/api"}
    yield f"{settings.base_url}/appeals/api"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def new_browser() -> Callable[[Flask], FlaskClient]:
    """Open a browser without cookies at an application."""

    def open_browser(app: Flask) -> FlaskClient:
        return AtOurAddress(app, app.response_class)

    return open_browser


@pytest.fixture
def browser(mmis: Flask, new_browser: Callable[[Flask], FlaskClient]) -> FlaskClient:
    """A browser at MMIS."""
    return new_browser(mmis)


@pytest.fixture
def sign_in(peer: Peer) -> Callable[..., TestResponse]:
    """Go to a page that needs a sign-in, sign in at the provider, and return the callback's answer."""

    def go(browser: FlaskClient, path: str = "/sign-in", **lies: str | None) -> TestResponse:
        sent = browser.get(path)
        assert sent.status_code == 303
        return browser.get(peer.authorize(sent.headers["Location"], **lies))

    return go
