"""The npm package openid-client, certified and made by others, signs somebody in by discovery alone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.node_program import FOLDER, install
from tests.servers.demo import Demo
from tests.servers.ports import free_port
from tests.servers.programs import Program
from tests.servers.relying_party import register
from tests.servers.web_client import WebClient


@pytest.fixture(params=["basic", "post"])
def relying_party(request: pytest.FixtureRequest, demo: Demo, tmp_path: Path) -> Iterator[str]:
    """A running relying party, registered with one way of client authentication."""
    node, port = install(), free_port()
    origin = f"http://localhost:{port}"
    client_id, client_secret = register(
        demo.house,
        client_name="Node",
        first_party=True,
        redirect_uris=[f"{origin}/callback"],
        post_logout_redirect_uris=[f"{origin}/signed-out"],
        token_endpoint_auth_method=f"client_secret_{request.param}",
        scope="openid profile email offline_access",
        grant_types=["authorization_code", "refresh_token"],
    )
    settings = {
        "PROVIDER": demo.provider,
        "CLIENT_ID": client_id,
        "CLIENT_SECRET": client_secret,
        "PORT": str(port),
        "METHOD": request.param,
    }
    program = Program([node, FOLDER / "relying_party.mjs"], tmp_path / "node.log", settings)
    program.wait_until(port)
    yield origin
    program.stop()


def test_openid_client_signs_in_refreshes_and_signs_out(relying_party: str, demo: Demo) -> None:
    person, client = demo.person(), WebClient()
    page = demo.sign_in(client, relying_party, person)
    learned = json.loads(page.text)
    assert "error" not in learned, learned
    assert learned["claims"]["iss"] == demo.provider
    assert learned["claims"]["acr"] == "urn:mes:acr:passcode"
    assert learned["person"]["email"] == person.user_id
    assert learned["person"]["name"] == person.name
    assert learned["again"] == learned["person"]
    assert learned["rotated"] is True
    page = client.get(f"{relying_party}/sign-out")
    if page.path != "/signed-out":
        page = client.submit(page)
    assert json.loads(page.text) == {"state": "bye"}
    assert client.get(f"{demo.provider}/menu").path == "/sign-in"
