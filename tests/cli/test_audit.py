"""`idp audit verify|export` (DESIGN 5)."""

import json

import pytest
from sqlalchemy import update

from idp.audit.model import audit_events
from idp.audit.seals import GRACE_SECONDS, TrailSeals
from idp.audit.trail import Trail
from idp.clock import SystemClock
from idp.sealing import RootSecrets
from idp.store.lasting_keys import LastingKeys
from tests.cli.conftest import Operator
from tests.servers.stores import Stores


class Later(SystemClock):
    """When what is done now is old enough to be sealed."""

    def now(self) -> int:
        return super().now() + GRACE_SECONDS + 1


@pytest.fixture
def sealed(operator: Operator, settled: Stores, secrets: RootSecrets) -> int:
    """How many events a seal holds."""
    operator.get("users", "create", "p@clinic.example", "--given-name", "P", "--family-name", "Quill")
    trail = Trail(settled.database, settled.clock)
    return TrailSeals(settled.database, Later(), LastingKeys(secrets), trail).sweep()


def test_a_trail_that_nobody_touched_is_verified_and_exported(operator: Operator, sealed: int) -> None:
    verified = operator.get("audit", "verify")
    assert (verified["events"], verified["unsealed"]) == (sealed, 0)
    assert verified["head"] in operator.type("audit", "verify", "--head", verified["head"]).stdout
    lines = [json.loads(line) for line in operator.type("audit", "export").stdout.splitlines()]

    assert [line["event"] for line in lines[:-1]] == [entry["event"] for entry in reversed(operator.trail(""))]
    last = lines[-1]["sealed"]
    assert f"{last['last_id']}:{last['seal']}" == verified["head"]
    assert operator.type("audit", "export", "--after", str(last["last_id"])).stdout == ""


def test_a_trail_that_is_not_what_was_sealed_is_refused(operator: Operator, settled: Stores, sealed: int) -> None:
    assert sealed
    assert "cut off" in operator.is_refused("audit", "verify", "--head", "7:nonsense")
    with settled.database.reading() as connection:
        connection.execute(update(audit_events).values(actor="somebody else"))

    assert "were changed" in operator.is_refused("audit", "verify")
    assert "were changed" in operator.is_refused("audit", "export")
