"""Unknown, wrong, disabled and employees without a directory are answered alike, in words and in time (SECURITY T5)."""

from idp.audit.trail import OPERATOR
from idp.signin.outcomes import Locked, Rejected
from tests.signin.house import PASSWORD, Browser, House

USER_IDS = ("known@clinic.example", "disabled@clinic.example", "nobody@clinic.example", "dana@dmas.virginia.gov", "x")


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
