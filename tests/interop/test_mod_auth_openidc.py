"""Apache's mod_auth_openidc, as Debian packages it, signs somebody in and learns of a sign-out elsewhere."""

import html
import json
import re
import time
from collections.abc import Callable, Iterator

import pytest
from joserfc.jwk import RSAKey

from tests.interop.apache import Apache, redirect_uri
from tests.servers.demo import Demo
from tests.servers.ports import free_port
from tests.servers.relying_party import register
from tests.servers.shared import SharedServers
from tests.servers.web_client import WebClient

StartApache = Callable[..., Apache]
BACK_CHANNEL = {"backchannel_logout_uri": "?logout=backchannel"}


@pytest.fixture
def start_apache(demo: Demo, servers: SharedServers) -> Iterator[StartApache]:
    """Start an Apache that is registered as a client, with directives and metadata of its own.

    `places` are the addresses that the module answers at its redirect URI with a query.
    """
    running: list[Apache] = []

    def start(*directives: str, places: dict[str, str] = BACK_CHANNEL, **metadata: object) -> Apache:
        port = free_port()
        client_id, client_secret = register(
            demo.house,
            client_name="Desk",
            first_party=True,
            redirect_uris=[redirect_uri(port)],
            post_logout_redirect_uris=[f"http://localhost:{port}/"],
            scope="openid profile email",
            **{field: redirect_uri(port) + query for field, query in places.items()},
            **metadata,
        )
        secret = [f"OIDCClientSecret {client_secret}"] if client_secret else []
        folder = servers.folder / f"apache-{port}"
        running.append(Apache(folder, port, demo.provider, client_id, *secret, *directives))
        return running[-1]

    yield start
    for apache in running:
        apache.program.stop()


@pytest.fixture
def apache(start_apache: StartApache) -> Apache:
    """A running Apache as most are configured."""
    return start_apache()


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
    deadline = time.monotonic() + 60
    while client.get(f"{apache.origin}/desk/").path == "/desk/":
        assert time.monotonic() < deadline, "the logout token did not end the session"
        time.sleep(0.2)


def test_mod_auth_openidc_is_signed_out_by_a_frame(start_apache: StartApache, demo: Demo) -> None:
    apache = start_apache(places={"frontchannel_logout_uri": "?logout=get"})
    client = WebClient()
    demo.sign_in(client, f"{apache.origin}/desk/", demo.person())
    menu = client.get(f"{demo.provider}/menu")
    page = client.submit(menu, csrf=menu.form("csrf").fields["csrf"])
    frames = [frame for frame in frames_in(page.text) if frame.startswith(apache.origin)]
    assert len(frames) == 1, page.text
    assert client.get(f"{apache.origin}/desk/").path == "/desk/"
    client.send("GET", frames[0])
    assert client.get(f"{apache.origin}/desk/").path == "/sign-in"


def test_mod_auth_openidc_with_keys_signed_requests_and_form_post(
    start_apache: StartApache, demo: Demo, servers: SharedServers, browser: WebClient
) -> None:
    key = RSAKey.generate_key(2048, {"kid": "desk", "use": "sig"})
    private, public = (servers.folder / f"desk-{free_port()}.pem" for _ in range(2))
    for file in (private, public):
        file.write_bytes(key.as_pem(private=file is private))
        file.chmod(0o644)  # Apache reads it as a user of its own
    copied = ["scope", "redirect_uri", "state", "nonce", "response_type", "response_mode", "client_id"]
    copied += ["code_challenge", "code_challenge_method"]
    # It sets no nbf and no exp, so it cannot be a client that must sign (FAPI 2.0 Message Signing 5.3.1).
    request_object = {
        "copy_from_request": copied,
        "crypto": {"sign_alg": "RS256"},
        "request_object_type": "request",
    }
    apache = start_apache(
        f'OIDCPrivateKeyFiles "desk#{private}"',  # first: without keys the line after the next is a syntax error
        f'OIDCPublicKeyFiles "desk#{public}"',  # without it Debian's version ends when it signs
        "OIDCProviderTokenEndpointAuth private_key_jwt",
        "OIDCResponseMode form_post",
        f"OIDCRequestObject {json.dumps(json.dumps(request_object))}",
        "OIDCIDTokenSignedResponseAlg ES256",
        token_endpoint_auth_method="private_key_jwt",
        places={"jwks_uri": "?jwks=rsa"},
        request_object_signing_alg="RS256",
        id_token_signed_response_alg="ES256",
    )
    page = browser.submit(browser.get(f"{apache.origin}/desk/"))
    assert page.path == "/desk/", f"{page.url} {page.status} {page.words()}\n{apache.log()}"
    assert page.headers["X-Level"] == "urn:mes:acr:passcode"


def frames_in(page: str) -> list[str]:
    """Return the addresses of the frames of a page."""
    return [html.unescape(address) for address in re.findall(r'<iframe[^>]*src="([^"]*)"', page)]
