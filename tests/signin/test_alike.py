"""Unknown, wrong, disabled and employees without a directory are answered alike, in words and in time (SECURITY T5)."""

import time
from statistics import median

from idp.audit.trail import OPERATOR
from idp.signin.outcomes import Locked, Rejected
from tests.signin.house import PASSWORD, Browser, House

USER_IDS = ("known@clinic.example", "disabled@clinic.example", "nobody@clinic.example", "dana@dmas.virginia.gov", "x")


def seconds(browser: Browser, user_id: str, password: str) -> float:
    began = time.perf_counter()
    browser.password(user_id, password)
    return time.perf_counter() - began


def prepared(house: House) -> Browser:
    house.person("known@clinic.example")
    house.rooms.signin.disable_account(house.person("disabled@clinic.example"), OPERATOR)
    browser = Browser(house, house.without_directory())
    browser.come()
    return browser


def test_the_same_answers(house: House) -> None:
    browser = prepared(house)
    for user_id in USER_IDS[:4]:
        outcomes = browser.wrong(4, user_id)
        until = house.clock.now() + 1_800
        assert outcomes == [Rejected(), Rejected(), Locked(until), Locked(until)], user_id
    assert browser.wrong(4, "x") == [Rejected()] * 4


def test_a_disabled_account_with_its_right_password_is_just_rejected(house: House) -> None:
    browser = prepared(house)

    assert browser.password("disabled@clinic.example", PASSWORD) == Rejected()


def test_the_same_work(house: House) -> None:
    """A skipped hash would show as a tenth of the time; a busy machine does not reach these bounds."""
    browser = prepared(house)
    times = {user_id: [seconds(browser, user_id, "Wrong.Kettle.41") for _ in range(2)] for user_id in USER_IDS}
    for _ in range(3):
        house.clock.advance(1_800)
        browser.come()
        for user_id in USER_IDS:
            times[user_id] += [seconds(browser, user_id, "Wrong.Kettle.41") for _ in range(2)]
            house.clock.advance(1)
    middle = {user_id: median(taken) for user_id, taken in times.items()}
    known = middle["known@clinic.example"]

    assert all(0.35 < taken / known < 2.8 for taken in middle.values()), middle


def test_a_locked_user_id_costs_no_hash(house: House) -> None:
    browser = prepared(house)
    hashed = median(seconds(browser, "known@clinic.example", "Wrong.Kettle.41") for _ in range(3))

    refused = median(seconds(browser, "known@clinic.example", PASSWORD) for _ in range(5))

    assert refused < hashed
