"""A process of its own that approves one request many times at once; started by `test_races.py`, which talks to it by JSON."""

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from idp.audit.trail import OPERATOR
from idp.house import build
from idp.settings import load_settings
from idp.store.database import StoreUnavailable
from tests.servers.clock import HandClock

T = TypeVar("T")
TRIES = 10
"""On a loaded machine the last of a crowd can wait longer for the row than a statement may."""


def until_told(act: Callable[[], T]) -> T:
    """Return what an act comes to: who is told that the store is busy tries again, as the page asks people to."""
    for _ in range(TRIES - 1):
        try:
            return act()
        except StoreUnavailable:
            continue
    return act()


def main() -> None:
    """Read what to do, say that we are ready, and approve when told to; print what came of each try."""
    given = json.loads(sys.stdin.readline())
    house = build(load_settings(**given["settings"]), clock=HandClock(given["now"]))

    def approve(_: int) -> str:
        outcome = until_told(
            lambda: house.onboarding.approve(given["request_id"], "mmis", role="provider", by=None, visitor=OPERATOR)
        )
        return type(outcome).__name__

    print("ready", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(given["times"]) as pool:
        print(json.dumps(list(pool.map(approve, range(given["times"])))))
    house.close()


if __name__ == "__main__":
    main()
