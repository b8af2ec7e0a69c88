"""Fact S11: three invalid attempts lock the account; it unlocks by itself after 30 minutes."""

from collections.abc import Callable

import pytest

from idp.audit.trail import OPERATOR
from idp.signin.outcomes import Advanced, CodeSpent, CodeWrong, Locked, RecoveryNeeded, Rejected
from tests.signin.house import PASSWORD, Browser, House

MINUTES_30 = 1_800


def wrong_code(house: House) -> str:
    return "000000" if house.newest_code() != "000000" else "000001"


@pytest.mark.parametrize("user_id", ["paula@clinic.example", "nobody@clinic.example"])
def test_the_third_invalid_attempt_locks_and_says_until_when(house: House, browser: Browser, user_id: str) -> None:
    house.person()
    browser.come()
    until = house.clock.now() + MINUTES_30

    assert browser.wrong(3, user_id) == [Rejected(), Rejected(), Locked(until)]
    house.clock.advance(60)
    assert browser.password(user_id) == Locked(until)


def test_the_lock_opens_by_itself_after_30_minutes(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.wrong(3)
    house.clock.advance(MINUTES_30 - 1)
    assert isinstance(browser.password(), Locked)

    house.clock.advance(1)

    assert isinstance(browser.password(), Advanced)


def test_after_the_lock_there_are_three_attempts_again(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.wrong(3)
    house.clock.advance(MINUTES_30)

    assert [type(outcome) for outcome in browser.wrong(3)] == [Rejected, Rejected, Locked]


def test_a_right_password_gives_back_its_attempt_but_forgives_none(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.wrong(2)
    assert isinstance(browser.password(), Advanced)
    other = house.browser()
    other.come()

    assert isinstance(other.wrong(1)[0], Locked)


def test_wrong_codes_count_with_wrong_passwords(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.wrong(1)
    browser.password()
    browser.send()

    assert browser.code(wrong_code(house)) == CodeWrong(1)
    assert browser.code(wrong_code(house)) == Locked(house.clock.now() + MINUTES_30)
    assert browser.code(house.newest_code()) == Locked(house.clock.now() + MINUTES_30)


def test_resend_back_and_another_channel_give_no_new_tries(house: House, browser: Browser) -> None:
    """SECURITY O7: wrong, resend, wrong, BACK and text, wrong = locked."""
    house.person(phone="804-555-0142")
    browser.come()
    browser.password()
    browser.send()
    assert browser.code(wrong_code(house)) == CodeWrong(2)
    house.clock.advance(60)
    browser.send()
    assert browser.code(wrong_code(house)) == CodeWrong(1)
    house.clock.advance(60)
    browser.send("text")

    assert isinstance(browser.code(wrong_code(house)), Locked)


def test_a_new_interaction_gives_no_new_tries(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.password()
    browser.send()
    browser.code(wrong_code(house))
    browser.code(wrong_code(house))
    other = house.browser()
    other.come()

    assert isinstance(other.wrong(1)[0], Locked)


def test_a_lock_voids_the_codes_that_were_sent(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.password()
    browser.send()
    code = house.newest_code()
    stranger = house.browser()
    stranger.come()
    stranger.wrong(3)
    house.clock.advance(MINUTES_30)

    assert browser.code(code) == CodeSpent()


def test_no_code_is_sent_while_locked(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.password()
    stranger = house.browser()
    stranger.come()
    stranger.wrong(3)

    assert isinstance(browser.send(), Locked)


def test_a_complete_sign_in_clears_the_count(house: House, browser: Browser) -> None:
    house.person()
    stranger = house.browser()
    stranger.come()
    stranger.wrong(2)
    browser.sign_in()

    assert stranger.wrong(2) == [Rejected(), Rejected()]


def test_the_owner_is_told_once_in_six_hours_and_nobody_of_a_stranger(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.wrong(3, "nobody@clinic.example")
    for _ in range(3):
        browser.come()
        browser.wrong(3)
        house.clock.advance(MINUTES_30)

    assert house.told() == [("paula@clinic.example", ["locked"])]


def test_the_trail_names_each_attempt_and_the_lock(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.wrong(4)

    assert house.events()[1:] == [
        "account:sign_in:rejected",
        "account:sign_in:rejected",
        "account:sign_in:rejected",
        "account:lock:set",
        "account:sign_in:refused_locked",
    ]


def test_an_operator_can_unlock_before_the_time(house: House, browser: Browser) -> None:
    account = house.person()
    browser.come()
    browser.wrong(3)

    assert house.administer.standing(account).locked_until is not None
    assert house.administer.unlock(account, OPERATOR)
    assert not house.administer.unlock(account, OPERATOR)
    assert house.administer.standing(account).locked_until is None
    assert isinstance(browser.password(), Advanced)


def test_after_99_failures_the_password_opens_nothing_and_a_temporary_one_does(house: House, browser: Browser) -> None:
    """SP 800-63B 3.2.2: at most 100 consecutive failures."""
    account = house.person()
    browser.come()
    for _ in range(33):
        browser.wrong(3)
        house.clock.advance(MINUTES_30)
        browser.come()

    assert browser.password() == RecoveryNeeded()
    assert house.administer.standing(account).needs_recovery
    house.administer.send_temporary_password(account, OPERATOR)
    temporary = str(house.posted()[0]["fields"]["temporary_password"])
    assert isinstance(browser.password(password=temporary), Advanced)
    browser.send()
    assert isinstance(browser.code(house.newest_code()), Advanced)
    assert isinstance(browser.new_password("Walnut.Bridge.72"), Advanced)
    assert not house.administer.standing(account).needs_recovery
    assert isinstance(house.browser_at_password().password(password="Walnut.Bridge.72"), Advanced)


def test_numbers_come_from_the_settings(make_house: Callable[..., House]) -> None:
    house = make_house(lockout={"max_attempts": 1, "duration_seconds": 10})
    house.person()
    browser = house.browser()
    browser.come()

    assert browser.wrong(1) == [Locked(house.clock.now() + 10)]
    house.clock.advance(10)
    assert isinstance(browser.password(password=PASSWORD), Advanced)
