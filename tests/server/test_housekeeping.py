"""Housekeeping goes on where a flood left more than one sweep takes, and no sweep keeps the others waiting for ever."""

import threading

import pytest

from idp.server import housekeeping
from idp.server.housekeeping import MANY, MOST_ROUNDS, sweep_forever


def test_a_flood_is_swept_away_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "EVERY_SECONDS", 0.01)
    stop, left, endless = threading.Event(), [MANY, MANY, 7], []

    def flood() -> int:
        return left.pop(0)

    def without_end() -> int:
        endless.append(1)
        return MANY

    def last() -> int:
        stop.set()
        return 0

    sweep_forever((flood, without_end, last), stop)
    assert (left, len(endless)) == ([], MOST_ROUNDS)
