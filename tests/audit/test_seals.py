"""Who has the database and not the root secrets tries to change what is on record (SECURITY H5)."""

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, insert, select, update

from idp.audit import seals as seals_module
from idp.audit.events import Event
from idp.audit.model import audit_events, audit_seals
from idp.audit.seals import GRACE_SECONDS, TrailBroken, TrailSeals, Verified
from idp.audit.trail import Trail, Visitor
from idp.sealing import RootSecrets
from idp.store.lasting_keys import LastingKeys
from tests.servers.stores import Stores

VISITOR = Visitor("198.51.100.7", "Browser", "3f2a9c01d4e5b6a7")


@pytest.fixture
def trail(stores: Stores) -> Trail:
    return Trail(stores.database, stores.clock)


@pytest.fixture
def keys() -> LastingKeys:
    return LastingKeys(RootSecrets({1: b"r" * 32}))


@pytest.fixture
def seals(stores: Stores, trail: Trail, keys: LastingKeys, monkeypatch: pytest.MonkeyPatch) -> TrailSeals:
    """Over six events in three seals."""
    monkeypatch.setattr(seals_module, "MOST_EVENTS", 2)
    for number in range(6):
        happen(trail, stores, f"person{number}")
    stores.clock.advance(GRACE_SECONDS)
    found = TrailSeals(stores.database, stores.clock, keys, trail)
    assert [found.sweep() for _ in range(4)] == [2, 2, 2, 0]
    return found


def happen(trail: Trail, stores: Stores, actor: str) -> None:
    with stores.database.reading() as connection:
        trail.record(connection, Event.SIGN_IN_SUCCEEDED, VISITOR, actor=actor, acr="urn:mes:acr:mfa")


def ids(stores: Stores) -> list[int]:
    with stores.database.reading() as connection:
        return list(connection.execute(select(audit_events.c.id).order_by(audit_events.c.id)).scalars())


def test_what_nobody_touched_fits(stores: Stores, trail: Trail, seals: TrailSeals) -> None:
    happen(trail, stores, "newer")
    verified = seals.verify()

    assert (verified.events, verified.unsealed) == (6, 1)
    assert seals.verify(verified.head) == verified
    assert seals.sweep() == 0, "too young"


def test_a_changed_event_is_seen_whichever_column(stores: Stores, seals: TrailSeals) -> None:
    one = audit_events.c.id == ids(stores)[2]
    for change in ({"actor": "another"}, {"at": 1}, {"details": "{}"}, {"address": ""}, {"event": "page:x"}):
        with stores.database.reading() as connection:
            before = connection.execute(select(audit_events).where(one)).mappings().one()
            connection.execute(update(audit_events).where(one).values(change))
            with pytest.raises(TrailBroken, match="were changed"):
                seals.verify()
            connection.execute(update(audit_events).where(one).values(**before))
    assert seals.verify().events == 6


def test_a_removed_event_is_seen(stores: Stores, seals: TrailSeals) -> None:
    with stores.database.reading() as connection:
        connection.execute(delete(audit_events).where(audit_events.c.id == ids(stores)[0]))

    with pytest.raises(TrailBroken, match="one or more was removed"):
        seals.verify()


def test_an_event_that_is_added_in_between_is_seen(stores: Stores, trail: Trail, keys: LastingKeys) -> None:
    for number in range(3):
        happen(trail, stores, f"person{number}")
    row = audit_events.c.id == ids(stores)[1]
    with stores.database.reading() as connection:
        old = dict(connection.execute(select(audit_events).where(row)).mappings().one())
        connection.execute(delete(audit_events).where(row))
    stores.clock.advance(GRACE_SECONDS)
    seals = TrailSeals(stores.database, stores.clock, keys, trail)
    assert seals.sweep() == 2
    with stores.database.reading() as connection:
        connection.execute(insert(audit_events).values(old))

    with pytest.raises(TrailBroken, match="one or more was added"):
        seals.verify()


def test_a_removed_stretch_with_its_seal_is_seen(stores: Stores, seals: TrailSeals) -> None:
    first, second = ids(stores)[2:4]
    with stores.database.reading() as connection:
        connection.execute(delete(audit_events).where(audit_events.c.id.in_((first, second))))
        connection.execute(delete(audit_seals).where(audit_seals.c.last_id == second))

    with pytest.raises(TrailBroken, match="are missing"):
        seals.verify()


def cut(stores: Stores) -> None:
    last = ids(stores)[-2:]
    with stores.database.reading() as connection:
        connection.execute(delete(audit_events).where(audit_events.c.id.in_(last)))
        connection.execute(delete(audit_seals).where(audit_seals.c.last_id == last[-1]))


def test_a_tail_that_is_cut_off_is_seen_by_its_head(stores: Stores, seals: TrailSeals) -> None:
    head = seals.verify().head
    cut(stores)

    assert seals.verify().events == 4
    with pytest.raises(TrailBroken, match="cut off"):
        seals.verify(head)


def test_a_tail_that_is_cut_off_is_cried_out_by_whoever_serves(
    stores: Stores, trail: Trail, seals: TrailSeals, caplog: pytest.LogCaptureFixture
) -> None:
    cut(stores)
    with caplog.at_level(logging.CRITICAL, "idp.audit"):
        seals.sweep()
        seals.sweep()

    assert len(caplog.records) == 1
    (told,) = trail.newest(event="audit:")
    assert told.event == "audit:trail:cut"


def test_a_trail_that_is_sealed_anew_with_another_key_is_seen(
    stores: Stores, trail: Trail, seals: TrailSeals, keys: LastingKeys
) -> None:
    head = seals.verify().head
    with stores.database.reading() as connection:
        connection.execute(delete(audit_seals))
    forger = TrailSeals(stores.database, stores.clock, Forged(), trail)  # type: ignore[arg-type]
    while forger.sweep():
        pass

    with pytest.raises(TrailBroken, match="were changed"):
        TrailSeals(stores.database, stores.clock, keys, trail).verify()
    assert forger.verify().head != head


class Forged:
    """What somebody without the root secrets has for a key."""

    def mac(self, _connection: object, *parts: str) -> bytes:
        return repr(parts).encode()[:32].ljust(32, b"x")


def test_of_many_processes_at_once_one_makes_each_seal(stores: Stores, trail: Trail, keys: LastingKeys) -> None:
    for number in range(5):
        happen(trail, stores, f"person{number}")
    stores.clock.advance(GRACE_SECONDS)
    processes = [TrailSeals(stores.database, stores.clock, keys, trail) for _ in range(8)]
    with ThreadPoolExecutor(len(processes)) as pool:
        made = list(pool.map(lambda process: process.sweep(), processes))

    assert sorted(made)[-1] == 5
    assert sum(made) == 5
    assert TrailSeals(stores.database, stores.clock, keys, trail).verify().events == 5


def test_nothing_is_sealed_yet(stores: Stores, trail: Trail, keys: LastingKeys) -> None:
    assert TrailSeals(stores.database, stores.clock, keys, trail).verify() == Verified(0, 0, "")
