"""A directory that is away holds no thread: outside users go on signing in (SECURITY 4.19)."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from idp.directory.breaker import PAUSE_SECONDS, Breaker, Unreachable


class Watch:
    """A clock that stands still until moved."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    """Seconds as the breaker counts them."""
    return Watch()


def fail(breaker: Breaker) -> None:
    with pytest.raises(Unreachable, match="gone"), breaker.asking():
        raise Unreachable("gone")


def test_after_no_answer_nobody_asks_for_a_while(watch: Watch) -> None:
    breaker = Breaker(8, watch)
    fail(breaker)
    asked = []
    for _ in range(3):
        with pytest.raises(Unreachable, match="a moment ago"), breaker.asking():
            asked.append(1)
    watch.seconds += PAUSE_SECONDS
    with breaker.asking():
        asked.append(2)
    with breaker.asking():
        asked.append(3)

    assert asked == [2, 3]


def test_being_told_to_wait_does_not_make_the_wait_longer(watch: Watch) -> None:
    breaker = Breaker(8, watch)
    fail(breaker)
    watch.seconds += PAUSE_SECONDS - 1
    with pytest.raises(Unreachable, match="a moment ago"), breaker.asking():
        pass
    watch.seconds += 1
    with breaker.asking():
        pass


def test_other_errors_shut_nothing(watch: Watch) -> None:
    breaker = Breaker(8, watch)
    with pytest.raises(ZeroDivisionError), breaker.asking():
        raise ZeroDivisionError
    with breaker.asking():
        pass


def test_a_few_ask_at_a_time_and_who_waited_too_long_is_told() -> None:
    breaker = Breaker(2)
    inside, go_on = threading.Barrier(3), threading.Event()

    def ask() -> None:
        with breaker.asking():
            inside.wait()
            go_on.wait()

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(ask) for _ in range(2)]
        inside.wait()
        with pytest.raises(Unreachable, match="too many"), breaker.asking():
            pass
        go_on.set()
        for each in running:
            each.result()
    with breaker.asking():
        pass


def test_who_waited_while_it_went_away_does_not_ask() -> None:
    breaker = Breaker(1)
    inside = threading.Event()
    release = threading.Event()

    def ask() -> None:
        with breaker.asking():
            inside.set()
            release.wait()
            raise Unreachable("gone")

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask)
        inside.wait()
        threading.Timer(0.1, release.set).start()
        with pytest.raises(Unreachable, match="a moment ago"), breaker.asking():
            pytest.fail("it asked a directory that is known to be away")
        with pytest.raises(Unreachable, match="gone"):
            first.result()
