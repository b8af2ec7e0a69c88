"""A process of its own that approves one request many times at once; started by `test_races.py`, which talks to it by JSON."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from idp.app import build
from idp.audit.trail import OPERATOR
from idp.settings import load_settings
from tests.servers.clock import HandClock


def main() -> None:
    """Read what to do, say that we are ready, and approve when told to; print what came of each try."""
    given = json.loads(sys.stdin.readline())
    house = build(load_settings(**given["settings"]), clock=HandClock(given["now"]))

    def approve(_: int) -> str:
        outcome = house.onboarding.approve(given["request_id"], "mmis", role="provider", by=None, visitor=OPERATOR)
        return type(outcome).__name__

    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(given["times"]) as pool:
        print(json.dumps(list(pool.map(approve, range(given["times"])))))
    house.close()


if __name__ == "__main__":
    main()
