"""Rotation, retirement and revocation (SECURITY J5, 4.14)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from idp.audit.events import Event
from idp.audit.trail import OPERATOR, Trail
from idp.keyring.rotate import NOTICE_SECONDS, AlreadyRotated, Rotated, RotateKeys
from idp.keyring.withdraw import NoSuchKey, OnlyKey, Retired, Revoked
from idp.sealing import RootSecrets
from idp.settings import Keys
from idp.store.database import Database
from tests.keyring.house import KeyringHouse
from tests.servers.clock import HandClock
from tests.servers.stores import Stores
from tests.store.processes import in_processes

PUBLISH = 600
RETIRE = 86_400


def test_the_first_key_signs_at_once_and_the_next_waits_in_the_jwks(keys: KeyringHouse, clock: HandClock) -> None:
    first = keys.rotate()
    assert first == Rotated(first.kid, clock.now())
    clock.advance(3_600)
    second = keys.rotate()
    assert second == Rotated(second.kid, clock.now() + PUBLISH)
    assert keys.states() == {first.kid: "active", second.kid: "published"}
    clock.advance(PUBLISH)
    assert keys.states() == {first.kid: "retiring", second.kid: "active"}
    clock.advance(RETIRE)
    assert keys.states() == {first.kid: "gone", second.kid: "active"}


def test_a_waiting_key_is_not_overtaken_but_hurried_on_request(keys: KeyringHouse, clock: HandClock) -> None:
    first = keys.rotated()
    clock.advance(3_600)
    second = keys.rotate()
    clock.advance(100)
    assert keys.rotate() == AlreadyRotated(second.kid, second.active_at)
    assert keys.rotate(now_please=True) == Rotated(second.kid, clock.now() + NOTICE_SECONDS)
    clock.advance(NOTICE_SECONDS)
    assert keys.states() == {first: "retiring", second.kid: "active"}


def test_rotate_now_signs_as_soon_as_every_worker_has_noticed(keys: KeyringHouse, clock: HandClock) -> None:
    keys.rotated()
    clock.advance(3_600)
    assert keys.rotate(now_please=True).active_at == clock.now() + NOTICE_SECONDS


def test_twenty_rotations_at_once_from_threads_make_one_new_key(keys: KeyringHouse, clock: HandClock) -> None:
    first = keys.rotated()
    clock.advance(3_600)
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda _: keys.rotate(), range(20)))
    assert Counter(type(outcome) for outcome in outcomes) == {Rotated: 1, AlreadyRotated: 19}
    assert {outcome.kid for outcome in outcomes} == set(keys.states()) - {first}


def test_twenty_first_keys_at_once_from_threads_are_one(keys: KeyringHouse) -> None:
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda _: keys.rotate(), range(20)))
    assert Counter(type(outcome) for outcome in outcomes) == {Rotated: 1, AlreadyRotated: 19}
    assert list(keys.states()) == [outcomes[0].kid]


def rotate_elsewhere(url: str, keys_dir: Path, settings: Keys, now: int) -> str:
    database, clock = Database(url), HandClock(now)
    rotate_keys = RotateKeys(database, clock, RootSecrets.load(keys_dir), Trail(database, clock), settings)
    outcome = rotate_keys.rotate("ES256", OPERATOR)
    database.close()
    return type(outcome).__name__


def test_twenty_rotations_at_once_from_processes_make_one_new_key(
    keys: KeyringHouse, clock: HandClock, stores: Stores, tmp_path: Path
) -> None:
    keys.rotated()
    clock.advance(3_600)
    arguments = (stores.database_url, tmp_path / "keys", keys.settings.keys, clock.now())
    outcomes = Counter(in_processes(20, rotate_elsewhere, *arguments))
    assert outcomes == {"Rotated": 1, "AlreadyRotated": 19}
    assert sorted(keys.states().values()) == ["active", "published"]


def test_a_latecomer_of_the_race_is_told_that_it_is_done(keys: KeyringHouse, clock: HandClock) -> None:
    keys.rotated()
    clock.advance(3_600)
    second = keys.rotated(now_please=True)
    clock.advance(NOTICE_SECONDS + 20)
    assert keys.rotate() == AlreadyRotated(second, clock.now() - 20)
    clock.advance(10)
    assert isinstance(keys.rotate(), Rotated)


def test_the_only_key_cannot_be_retired(keys: KeyringHouse) -> None:
    kid = keys.rotated()
    assert keys.withdraw_keys.retire(kid, OPERATOR) == OnlyKey("ES256")
    assert keys.states() == {kid: "active"}


def test_retiring_the_signer_lets_the_waiting_key_take_over(keys: KeyringHouse, clock: HandClock) -> None:
    first = keys.rotated()
    clock.advance(3_600)
    second = keys.rotated()
    assert keys.withdraw_keys.retire(first, OPERATOR) == Retired(clock.now() + RETIRE)
    assert keys.states() == {first: "retiring", second: "active"}
    assert keys.withdraw_keys.retire(first, OPERATOR) == Retired(clock.now() + RETIRE)


def test_a_waiting_key_that_is_retired_never_signs(keys: KeyringHouse, clock: HandClock) -> None:
    first = keys.rotated()
    clock.advance(3_600)
    second = keys.rotated()
    assert keys.withdraw_keys.retire(second, OPERATOR) == Retired(None)
    clock.advance(PUBLISH)
    assert keys.states()[first] == "active"
    third = keys.rotated()
    clock.advance(PUBLISH)
    assert keys.states()[first] == "retiring"
    assert keys.states()[third] == "active"


def test_revoking_the_signer_puts_the_waiting_key_in_its_place_at_once(keys: KeyringHouse, clock: HandClock) -> None:
    first = keys.rotated()
    clock.advance(3_600)
    second = keys.rotated()
    assert keys.withdraw_keys.revoke(first, OPERATOR) == Revoked(replacement=second)
    assert keys.states() == {first: "revoked", second: "active"}


def test_revoking_the_only_key_makes_another(keys: KeyringHouse) -> None:
    first = keys.rotated()
    outcome = keys.withdraw_keys.revoke(first, OPERATOR)
    assert isinstance(outcome, Revoked)
    assert outcome.replacement is not None
    assert keys.states() == {first: "revoked", outcome.replacement: "active"}
    assert keys.withdraw_keys.revoke(first, OPERATOR) == NoSuchKey()
    assert keys.withdraw_keys.retire(first, OPERATOR) == NoSuchKey()


def test_twenty_revocations_at_once_leave_one_signer(keys: KeyringHouse) -> None:
    first = keys.rotated()
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda _: keys.withdraw_keys.revoke(first, OPERATOR), range(20)))
    assert Counter(type(outcome) for outcome in outcomes) == {Revoked: 1, NoSuchKey: 19}
    assert sorted(keys.states().values()) == ["active", "revoked"]


def test_every_change_is_in_the_trail(keys: KeyringHouse, clock: HandClock) -> None:
    first = keys.rotated()
    clock.advance(3_600)
    second = keys.rotated()
    keys.rotate(now_please=True)
    clock.advance(3_600)
    third = keys.rotated()
    keys.withdraw_keys.retire(third, OPERATOR)
    keys.withdraw_keys.revoke(first, OPERATOR)
    written = [(entry.event, entry.subject, entry.actor) for entry in reversed(keys.trail.newest(event="key:"))]
    assert written == [
        (Event.KEY_CREATED, first, "operator"),
        (Event.KEY_CREATED, second, "operator"),
        (Event.KEY_ACTIVATED, second, "operator"),
        (Event.KEY_CREATED, third, "operator"),
        (Event.KEY_RETIRED, third, "operator"),
        (Event.KEY_REVOKED, first, "operator"),
    ]
