"""Attacks on the lockout (fact S11): more guesses than it allows, and what it tells about who has an account."""

from collections.abc import Callable

from idp.audit.trail import OPERATOR
from idp.signin.outcomes import Advanced, CodeWrong, Locked, RecoveryNeeded, Rejected
from tests.signin.house import House
from tests.signin.test_s7_temporary_password import mailed
from tests.signin.test_step_up import enrol

DAY = 86_400


def test_a_temporary_password_opens_no_lock_that_its_own_wrong_codes_set(house: House) -> None:
    account = house.person()
    owner = house.browser()
    owner.sign_in()
    totp = enrol(owner)
    house.administer.send_temporary_password(account, OPERATOR)
    temporary = mailed(house)
    house.clock.advance(60)
    wrong = f"{(int(totp.at(house.clock.now() + 9_000)) + 1) % 1_000_000:06}"
    thief = house.browser_at_password()

    assert isinstance(thief.password(password=temporary), Advanced)
    assert [type(thief.app_code(wrong)) for _ in range(3)] == [CodeWrong, CodeWrong, Locked]
    for _ in range(3):
        thief.come()
        assert isinstance(thief.password(password=temporary), Locked)
        assert isinstance(thief.app_code(wrong), Advanced), "nobody is asked for a code"
        assert thief.next_path == "/sign-in"


def test_an_exhausted_user_id_is_opened_once_by_one_temporary_password(make_house: Callable[..., House]) -> None:
    house = make_house(lockout={"recovery_after_failures": 6})
    account = house.person()
    stranger = house.browser()
    for _ in range(2):
        stranger.come()
        stranger.wrong(3)
        house.clock.advance(1_800)
    stranger.come()
    assert isinstance(stranger.password(), RecoveryNeeded)
    house.administer.send_temporary_password(account, OPERATOR)
    temporary = mailed(house)
    house.clock.advance(60)

    assert isinstance(stranger.password(password=temporary), Advanced)
    stranger.send()
    wrong = f"{(int(house.newest_code()) + 1) % 1_000_000:06}"
    assert [type(stranger.code(wrong)) for _ in range(3)] == [CodeWrong, CodeWrong, Locked]
    stranger.come()
    assert isinstance(stranger.password(password=temporary), RecoveryNeeded)


def test_waiting_a_day_does_not_tell_who_has_an_account(house: House) -> None:
    house.person()
    outcomes = {}
    for user_id in ("paula@clinic.example", "nobody@clinic.example"):
        stranger = house.browser_at_password()
        assert stranger.wrong(2, user_id) == [Rejected(), Rejected()]
    house.clock.advance(DAY + 1)
    house.guards.sweep()
    for user_id in ("paula@clinic.example", "nobody@clinic.example"):
        stranger = house.browser_at_password()
        outcomes[user_id] = [type(outcome) for outcome in stranger.wrong(3, user_id)]

    assert outcomes["paula@clinic.example"] == outcomes["nobody@clinic.example"] == [Rejected, Rejected, Locked]


def test_old_attempts_still_count_towards_recovery(make_house: Callable[..., House]) -> None:
    house = make_house(lockout={"recovery_after_failures": 4})
    house.person()
    stranger = house.browser()
    for _ in range(2):
        stranger.come()
        stranger.wrong(2)
        house.clock.advance(DAY + 1)

    stranger.come()
    assert isinstance(stranger.password(), RecoveryNeeded)
