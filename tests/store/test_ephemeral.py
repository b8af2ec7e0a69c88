"""One behaviour of the ephemeral store on both servers."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from idp.store.sql_store import SqlStore, ephemeral_entries
from tests.servers.clock import HandClock
from tests.servers.stores import Stores


def test_a_value_is_kept_until_its_time_is_over(stores: Stores, clock: HandClock) -> None:
    stores.ephemeral.put("kind:id", b"\0value\xff", 60)
    clock.advance(59)
    assert stores.ephemeral.get("kind:id") == b"\0value\xff"
    clock.advance(1)
    assert stores.ephemeral.get("kind:id") is None
    assert stores.ephemeral.take("kind:id") is None


def test_a_put_replaces_value_and_time(stores: Stores, clock: HandClock) -> None:
    stores.ephemeral.put("kind:id", b"one", 10)
    stores.ephemeral.put("kind:id", b"two", 60)
    clock.advance(30)
    assert stores.ephemeral.get("kind:id") == b"two"


def test_a_value_is_taken_once(stores: Stores) -> None:
    stores.ephemeral.put("kind:id", b"value", 60)
    assert stores.ephemeral.take("kind:id") == b"value"
    assert stores.ephemeral.take("kind:id") is None
    assert stores.ephemeral.get("kind:id") is None


def test_a_hundred_takers_at_once_get_one_value(stores: Stores) -> None:
    stores.ephemeral.put("kind:id", b"value", 60)
    with ThreadPoolExecutor(100) as pool:
        taken = Counter(pool.map(lambda _: stores.ephemeral.take("kind:id"), range(100)))
    assert taken == {b"value": 1, None: 99}


def test_a_new_entry_is_put_once_while_it_lives(stores: Stores, clock: HandClock) -> None:
    assert stores.ephemeral.put_new("mark:id", b"one", 60)
    assert not stores.ephemeral.put_new("mark:id", b"two", 60)
    assert stores.ephemeral.get("mark:id") == b"one"
    clock.advance(60)
    assert stores.ephemeral.put_new("mark:id", b"three", 60)
    assert stores.ephemeral.get("mark:id") == b"three"


def test_of_a_hundred_new_entries_at_once_one_wins(stores: Stores) -> None:
    with ThreadPoolExecutor(100) as pool:
        won = Counter(pool.map(lambda _: stores.ephemeral.put_new("mark:id", b"", 60), range(100)))
    assert won == {True: 1, False: 99}


def test_a_discarded_entry_is_gone(stores: Stores) -> None:
    stores.ephemeral.put("kind:id", b"value", 60)
    stores.ephemeral.discard("kind:id")
    stores.ephemeral.discard("kind:id")
    assert stores.ephemeral.get("kind:id") is None


def test_hits_are_counted_within_a_window(stores: Stores, clock: HandClock) -> None:
    clock.set(clock.now() // 60 * 60)
    assert [stores.ephemeral.count("rate:id", 60) for _ in range(3)] == [1, 2, 3]
    assert stores.ephemeral.count("rate:other", 60) == 1
    clock.advance(59)
    assert stores.ephemeral.count("rate:id", 60) == 4
    clock.advance(1)
    assert stores.ephemeral.count("rate:id", 60) == 1


def test_a_hundred_hits_at_once_are_each_counted(stores: Stores) -> None:
    with ThreadPoolExecutor(100) as pool:
        counted = sorted(pool.map(lambda _: stores.ephemeral.count("rate:id", 60), range(100)))
    assert counted == list(range(1, 101))


def test_expired_entries_do_not_pile_up_in_the_database(stores: Stores, clock: HandClock) -> None:
    store = SqlStore(stores.database, clock)
    for number in range(30):
        store.put(f"kind:{number}", b"", 60)
    clock.advance(60)
    store.put("kind:new", b"", 60)
    assert store.sweep(most=20) == 20
    assert store.sweep() == 10
    with stores.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(ephemeral_entries)).scalar_one() == 1


def test_the_database_sweeps_with_a_write_now_and_then(stores: Stores, clock: HandClock, monkeypatch: object) -> None:
    store = SqlStore(stores.database, clock)
    store.put("kind:old", b"", 60)
    clock.advance(60)
    store._swept_at = float("-inf")
    store.put("kind:new", b"", 60)
    with stores.database.reading() as connection:
        assert connection.execute(select(ephemeral_entries.c.key)).scalars().all() == ["kind:new"]
