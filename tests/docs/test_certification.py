"""What docs/certification.md tells operators to register can be registered, and its commands are there."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from idp.cli.main import main
from idp.registry.metadata import check_metadata
from tests.protocol.plans.signing import new_key, public_set

TEXT = (Path(__file__).parents[2] / "docs" / "certification.md").read_text()
CLIENTS = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]


@pytest.mark.parametrize("metadata", CLIENTS, ids=[str(it["client_name"]) for it in CLIENTS])
def test_each_client_can_be_registered(metadata: dict[str, object]) -> None:
    keys = {"jwks": public_set(new_key())} if metadata.get("token_endpoint_auth_method") == "private_key_jwt" else {}
    assert check_metadata({**metadata, **keys})["client_name"] == metadata["client_name"]


def test_each_command_knows_its_options() -> None:
    commands = re.findall(r"idp ((?:[a-z][a-z-]* )+)(--?[^\n`]*)?", TEXT)
    assert len(commands) >= 3
    for words, options in commands:
        told = CliRunner().invoke(main, [*words.split(), "--help"])
        assert told.exit_code == 0, told.output
        for option in re.findall(r"--[a-z-]+", options):
            assert option in told.output
