"""Rotating the provider's signing keys under clients that are running."""

import json
import time

import requests
from joserfc.util import urlsafe_b64decode
from sqlalchemy import text

from tests.servers.demo import Demo


def rotate(demo: Demo, alg: str = "RS256") -> str:
    """Have a new key of an algorithm sign at once, as `idp keys rotate --now` does; return its `kid` when it signs."""
    with demo.house.database.transaction() as connection:
        # Two rotations within half a minute are one (SECURITY 4.14), and this demo was started moments ago.
        connection.execute(text("UPDATE signing_keys SET created_at = created_at - 60"))
    made = json.loads(demo.idp("keys", "rotate", "--alg", alg, "--now", "--json"))
    assert made["rotated"], made
    deadline = time.monotonic() + 60
    while time.time() < made["active_at"] + 1 or made["kid"] not in _shown(demo):
        assert time.monotonic() < deadline, "the running provider did not take the new key"
        time.sleep(0.1)
    return str(made["kid"])


def kid_of(token: str) -> str:
    """Return the name of the key that a JWT is signed with."""
    return str(json.loads(urlsafe_b64decode(token.partition(".")[0].encode()))["kid"])


def _shown(demo: Demo) -> set[str]:
    return {key["kid"] for key in requests.get(f"{demo.provider}/jwks", timeout=30).json()["keys"]}
