"""The guard holds over worker processes: of a hundred attempts in four of them, three may be verified (SECURITY 2.4)."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from idp.accounts.guard import Reserved
from idp.accounts.lockout import Guards
from idp.sealing import RootSecrets
from idp.settings import load_settings
from idp.store.database import Database
from idp.store.lasting_keys import LastingKeys
from tests.servers.clock import HandClock
from tests.servers.stores import Stores
from tests.store.processes import in_processes

PROCESSES = 4
EACH = 25


def reserve_many(url: str, keys_dir: str, now: int) -> int:
    """Run in a process of its own: reserve EACH times at once, return how many may verify."""
    database = Database(url)
    lockout = load_settings(issuer="http://localhost:8080").lockout
    guards = Guards(database, HandClock(now), LastingKeys(RootSecrets.load(Path(keys_dir))), lockout)
    with ThreadPoolExecutor(8) as pool:
        outcomes = pool.map(lambda _: guards.reserve("paula@clinic.example", None, has_account=True), range(EACH))
        may_verify = sum(isinstance(outcome, Reserved) for outcome in outcomes)
    database.close()
    return may_verify


def test_of_100_attempts_in_four_processes_three_may_be_verified(
    stores: Stores, secrets: RootSecrets, tmp_path: Path
) -> None:
    arguments = (stores.database_url, str(tmp_path / "keys"), stores.clock.now())
    allowed = in_processes(PROCESSES, reserve_many, *arguments)

    assert sum(allowed) == 3
