"""Fact S5: a code is valid 40 minutes."""

import pytest

from idp.signin.outcomes import Advanced, CodeSpent
from tests.signin.house import Browser, House


@pytest.mark.parametrize(("age", "expected"), [(39 * 60 + 59, Advanced), (40 * 60, Advanced), (40 * 60 + 1, CodeSpent)])
def test_a_code_is_valid_40_minutes(house: House, browser: Browser, age: int, expected: type) -> None:
    house.person()
    browser.come()
    browser.password()
    browser.send()

    house.clock.advance(age)

    assert isinstance(browser.code(house.newest_code()), expected)


def test_a_code_that_ran_out_costs_no_attempt(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.password()
    browser.send()
    house.clock.advance(2_401)
    for _ in range(5):
        assert browser.code("000000") == CodeSpent()

    browser.send()
    assert isinstance(browser.code(house.newest_code()), Advanced)


def test_the_interaction_outlives_a_code_sent_late(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    house.clock.advance(3_500)
    browser.password()
    house.clock.advance(3_500)
    browser.send()
    house.clock.advance(2_399)

    assert isinstance(browser.code(house.newest_code()), Advanced)


def test_the_message_is_never_sent_after_the_code_ran_out(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.password()
    browser.send()

    waiting = house.outbox.newest(house.database)[0]

    assert waiting.expires_at == house.clock.now() + 2_400
