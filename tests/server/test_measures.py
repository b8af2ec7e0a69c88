"""What is looked at for /metrics beside requests: the outbox and the keys. In a process of its own, as the library wants."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from pathlib import Path
from contextlib import closing
from idp.house import build
from idp.audit.trail import OPERATOR
from idp.notify.messages import UserIdMail
from idp.sealing import RootSecrets
from idp.server import measures
from idp.settings import load_settings
from idp.store.migrate import upgrade
from prometheus_client import generate_latest
from tests.servers.clock import HandClock

folder = Path(sys.argv[1])
settings = load_settings(issuer="http://localhost:8080", data_dir=folder, keys_dir=folder / "keys")
RootSecrets.create(settings.keys_dir)
clock = HandClock()
with closing(build(settings, clock=clock, watch=measures.count_event)) as house:
    upgrade(house.database)
    house.keys.rotation.rotate("RS256", OPERATOR)
    clock.advance(100)
    with house.database.transaction() as connection:
        house.outbox.enqueue(connection, UserIdMail("Ann", "ann@clinic.example", "http://x"), "ann@clinic.example")
    clock.advance(50)
    measures.LookAtState(house.database, clock, house.outbox, house.keys.listing)()
print(generate_latest().decode())
"""


def test_backlog_keys_and_events_are_counted(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "idp_outbox_waiting 1.0" in lines
    assert "idp_outbox_oldest_seconds 50.0" in lines
    assert 'idp_signing_key_age_seconds{alg="RS256"} 150.0' in lines
    assert 'idp_events_total{event="key:created"} 1.0' in lines
    assert "ann" not in done.stdout
