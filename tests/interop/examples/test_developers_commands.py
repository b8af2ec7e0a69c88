"""The commands of docs/developers that are no example's, run as they stand there."""

import json
import re
import subprocess
from pathlib import Path

from tests.servers import needs
from tests.servers.demo import Demo

README = Path(__file__).parents[3] / "docs" / "developers" / "README.md"


def test_a_client_registers_itself_by_the_command_shown(demo: Demo) -> None:
    needs.program("curl")
    shown = re.search(r"^curl -s .*?\}'$", README.read_text(), re.MULTILINE | re.DOTALL)
    assert shown
    command = shown[0].replace("http://localhost:8080", demo.provider)
    answer = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    registered = json.loads(answer.stdout)
    assert registered["client_name"] == "Claims desk"
    assert {"client_id", "client_secret", "registration_access_token", "registration_client_uri"} <= set(registered)
