"""The kit as a program against the running provider: without a secret (its key is at its own `jwks_uri`), its tokens bound."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.servers import needs
from tests.servers.demo import Demo
from tests.servers.ports import free_port
from tests.servers.programs import Program
from tests.servers.relying_party import register
from tests.servers.web_client import WebClient


@pytest.fixture
def module(demo: Demo, tmp_path: Path) -> Iterator[str]:
    """A second MMIS that signs its token requests; its address."""
    port, key = free_port(), tmp_path / "module.pem"
    command = [
        needs.program("openssl"),
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-out",
        key,
    ]
    subprocess.run(command, check=True, capture_output=True)  # as docs/developers/keys.md says
    base = f"http://localhost:{port}"
    client_id, client_secret = register(
        demo.house,
        client_name="MMIS with a key",
        module="mmis",
        first_party=True,
        redirect_uris=[f"{base}/sign-in/callback"],
        post_logout_redirect_uris=[f"{base}/signed-out"],
        backchannel_logout_uri=f"{base}/back-channel-logout",
        initiate_login_uri=f"{base}/sign-in/initiate",
        token_endpoint_auth_method="private_key_jwt",
        jwks_uri=f"{base}/jwks",
        grant_types=["authorization_code", "refresh_token"],
        scope="openid profile email mes",
        dpop_bound_access_tokens=True,
    )
    assert not client_secret
    options = ["--issuer", demo.provider, "--base-url", base, "--port", str(port), "--private-key-file", str(key)]
    program = Program(
        [sys.executable, "-P", "-m", "clients.mmis", *options, "--dpop", "--samples"],
        tmp_path / "module.log",
        {"MMIS_CLIENT_ID": client_id},
    )
    program.wait_until(port)
    yield base
    program.stop()
    assert "Traceback" not in program.printed()


def test_core_4_and_9_a_sign_in_that_the_provider_begins_by_a_client_with_a_key(demo: Demo, module: str) -> None:
    client, person = WebClient(), demo.person()
    asked = urlencode({"iss": demo.provider, "target_link_uri": f"{module}/members", "login_hint": person.user_id})
    page = demo.sign_in(client, f"{module}/sign-in/initiate?{asked}", person)
    assert page.url == f"{module}/members", f"{page.url} {page.words()}"
    assert "Alma Whitaker" in page.text
