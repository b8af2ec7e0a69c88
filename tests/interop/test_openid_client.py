"""The npm package openid-client, certified and made by others, signs somebody in by discovery alone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.node_program import FOLDER, install
from tests.servers.demo import Demo
from tests.servers.ports import free_port
from tests.servers.programs import Program
from tests.servers.web_client import WebClient


@pytest.fixture(params=["basic", "post"])
def relying_party(request: pytest.FixtureRequest, demo: Demo, tmp_path: Path) -> Iterator[str]:
    """A running relying party, registered with one way of client authentication."""
    node, port = install(), free_port()
    origin = f"http://localhost:{port}"
    created = demo.idp(
        *("clients", "create", "--name=Node", "--first-party", "--json"),
        f"--redirect-uri={origin}/callback",
        f"--post-logout-redirect-uri={origin}/signed-out",
        f"--auth-method=client_secret_{request.param}",
        "--scope=openid profile email offline_access",
        "--grant=authorization_code",
        "--grant=refresh_token",
    )
    registered = json.loads(created)
    settings = {
        "PROVIDER": demo.provider,
        "CLIENT_ID": registered["client_id"],
        "CLIENT_SECRET": registered["client_secret"],
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
