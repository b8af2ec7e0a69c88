"""The guard by itself: what is given back, what is swept, what an operator opens (SECURITY 2.4, 2.5)."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from idp.accounts.guard import Exhausted, LockedOut, Reserved
from idp.accounts.lockout import Guards
from idp.accounts.model import sign_in_guards
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.store.lasting_keys import LastingKeys
from tests.servers.stores import Stores

USER = "paula@clinic.example"


@pytest.fixture
def guards(stores: Stores, secrets: RootSecrets, settings: Settings) -> Guards:
    return Guards(stores.database, stores.clock, LastingKeys(secrets), settings.lockout)


def reserve(guards: Guards, device: str | None = None) -> Reserved:
    reserved = guards.reserve(USER, device, has_account=True)
    assert isinstance(reserved, Reserved)
    return reserved


def release(guards: Guards, reserved: Reserved) -> None:
    with guards.database.transaction() as connection:
        guards.release(connection, reserved)


def test_the_lock_stands_with_the_third_reservation(guards: Guards, stores: Stores) -> None:
    """Workers killed before their verdict leave it locked for 30 minutes: never a free guess, never locked for ever."""
    lock = stores.clock.now() + 1_800
    assert [reserve(guards).locked_until for _ in range(3)] == [None, None, lock]

    assert guards.reserve(USER, None, has_account=True) == LockedOut(lock)
    stores.clock.advance(1_800)
    assert reserve(guards).tries_left == 2


def test_exactly_one_reservation_is_given_back(guards: Guards) -> None:
    first, _, third = reserve(guards), reserve(guards), reserve(guards)

    release(guards, third)
    again = reserve(guards)
    assert again.tries_left == 0
    release(guards, first)
    release(guards, again)
    assert reserve(guards).tries_left == 1


def test_giving_back_too_often_goes_below_nought_never(guards: Guards) -> None:
    first = reserve(guards)
    for _ in range(5):
        release(guards, first)

    assert [reserve(guards).tries_left for _ in range(3)] == [2, 1, 0]


def test_a_lower_limit_locks_nobody_for_ever(
    guards: Guards, stores: Stores, make_settings: Callable[..., Settings]
) -> None:
    lenient = make_settings(lockout={"max_attempts": 10}).lockout
    before = Guards(stores.database, stores.clock, guards.keys, lenient)
    for _ in range(6):
        reserve(before)

    reserve(guards)
    assert isinstance(guards.reserve(USER, None, has_account=True), LockedOut)
    stores.clock.advance(1_800)
    reserve(guards)


def test_a_reservation_by_a_known_browser_past_a_lock_says_so(guards: Guards) -> None:
    for _ in range(3):
        reserve(guards)

    assert reserve(guards, "device").past_lock
    assert not guards.reserve("other@clinic.example", "device", has_account=True).past_lock  # type: ignore[union-attr]


def test_exhausted_before_locked(guards: Guards, stores: Stores, make_settings: Callable[..., Settings]) -> None:
    few = Guards(
        stores.database,
        stores.clock,
        guards.keys,
        make_settings(lockout={"recovery_after_failures": 3}).lockout,
    )
    for _ in range(3):
        reserve(few)

    assert few.reserve(USER, None, has_account=True) == Exhausted()
    assert few.reserve(USER, "device", has_account=True) == Exhausted()


def test_user_ids_without_an_account_are_swept_after_a_day_and_others_stay(guards: Guards, stores: Stores) -> None:
    reserve(guards)
    for number in range(5):
        guards.reserve(f"nobody{number}@clinic.example", None, has_account=False)
    stores.clock.advance(86_400)
    assert guards.sweep() == 0
    stores.clock.advance(1)

    assert guards.sweep(most=3) == 3
    assert guards.sweep() == 2
    with stores.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(sign_in_guards)).scalar_one() == 1


def test_no_user_id_stands_in_the_table(guards: Guards, stores: Stores) -> None:
    reserve(guards, "device")
    with stores.database.reading() as connection:
        rows = connection.execute(select(sign_in_guards)).all()

    assert "paula" not in str(rows)
    assert "device" not in str(rows)
