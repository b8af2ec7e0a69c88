"""Apache's mod_auth_openidc, as Debian packages it, signs somebody in and learns of a sign-out elsewhere."""

import time
from collections.abc import Iterator

import pytest

from tests.interop.apache import Apache, redirect_uri
from tests.servers.demo import Demo
from tests.servers.ports import free_port
from tests.servers.relying_party import register
from tests.servers.shared import SharedServers
from tests.servers.web_client import WebClient


@pytest.fixture
def apache(demo: Demo, servers: SharedServers) -> Iterator[Apache]:
    """A running Apache that is registered as a client."""
    port = free_port()
    client_id, client_secret = register(
        demo.house,
        client_name="Desk",
        first_party=True,
        redirect_uris=[redirect_uri(port)],
        post_logout_redirect_uris=[f"http://localhost:{port}/"],
        backchannel_logout_uri=f"{redirect_uri(port)}?logout=backchannel",
        scope="openid profile email",
    )
    running = Apache(servers.folder / f"apache-{port}", port, demo.provider, client_id, client_secret)
    yield running
    running.program.stop()


def test_mod_auth_openidc_signs_in(apache: Apache, demo: Demo) -> None:
    person, client = demo.person(), WebClient()
    page = demo.sign_in(client, f"{apache.origin}/desk/", person)
    assert page.path == "/desk/", f"{page.url} {page.status} {page.words()}\n{apache.log()}"
    assert "Desk" in page.text
    assert page.headers["X-Person"] == person.user_id
    assert page.headers["X-Level"] == "urn:mes:acr:passcode"


def test_mod_auth_openidc_opens_without_a_prompt_when_somebody_is_signed_in(apache: Apache, demo: Demo) -> None:
    person, client = demo.person(), WebClient()
    assert demo.sign_in(client, f"{demo.provider}/menu", person).path == "/menu"
    page = client.get(f"{apache.origin}/desk/")
    assert page.path == "/desk/", f"{page.url} {page.status} {page.words()}\n{apache.log()}"
    assert page.headers["X-Person"] == person.user_id


def test_mod_auth_openidc_signs_out_of_the_provider(apache: Apache, demo: Demo) -> None:
    client = WebClient()
    demo.sign_in(client, f"{apache.origin}/desk/", demo.person())
    page = client.get(
        f"{apache.origin}/desk/callback?logout=http%3A%2F%2Flocalhost%3A{apache.origin.split(':')[-1]}%2F"
    )
    if page.url.startswith(demo.provider):
        client.submit(page)
    assert client.get(f"{demo.provider}/menu").path == "/sign-in"


def test_mod_auth_openidc_learns_of_a_sign_out_elsewhere(apache: Apache, demo: Demo) -> None:
    client = WebClient()
    demo.sign_in(client, f"{apache.origin}/desk/", demo.person())
    menu = client.get(f"{demo.provider}/menu")
    client.send("POST", f"{demo.provider}/sign-out", menu.form("csrf").fields)
    deadline = time.monotonic() + 10
    while client.get(f"{apache.origin}/desk/").path == "/desk/":
        assert time.monotonic() < deadline, "the logout token did not end the session"
        time.sleep(0.2)
