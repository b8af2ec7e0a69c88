"""Guesses at a second factor in a step-up count over sign-ins: an employee has signed in by the password alone (S2, S11)."""

import pyotp

from idp.audit.trail import OPERATOR
from idp.signin.demand import Demand
from idp.signin.outcomes import Advanced, CodeWrong, Locked
from tests.signin.house import EMPLOYEE_PASSWORD, Browser, House
from tests.signin.test_step_up import enrol

DANA = "dana@dmas.virginia.gov"
MFA = Demand(client_id="client", acr="urn:mes:acr:mfa")


def employee_with_app(house: House) -> pyotp.TOTP:
    house.employ()
    first = house.browser()
    first.come(Demand(client_id="client", acr="urn:mes:acr:passcode"))
    first.password(DANA, EMPLOYEE_PASSWORD)
    first.send()
    assert isinstance(first.code(house.newest_code()), Advanced)
    return enrol(first)


def at_step_up(house: House) -> Browser:
    """Return a new browser that the password has brought to the step-up."""
    browser = house.browser()
    browser.come(MFA)
    assert isinstance(browser.password(DANA, EMPLOYEE_PASSWORD), Advanced)
    return browser


def wrong(house: House, totp: pyotp.TOTP) -> str:
    near = {totp.at(house.clock.now() + 30 * step) for step in range(-3, 4)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444") if code not in near)


def test_s11_signing_in_again_gives_no_new_guesses_at_the_app(house: House) -> None:
    totp = employee_with_app(house)

    assert [type(at_step_up(house).app_code(wrong(house, totp))) for _ in range(3)] == [CodeWrong, CodeWrong, Locked]
    locked = at_step_up(house)
    assert isinstance(locked.app_code(totp.at(house.clock.now())), Locked)
    assert locked.session is not None
    assert locked.session.acr == "urn:mes:acr:password"

    house.clock.advance(30 * 60 + 1)
    assert isinstance(at_step_up(house).app_code(totp.at(house.clock.now())), Advanced)


def test_s11_a_right_code_clears_what_failed_before_it(house: House) -> None:
    totp = employee_with_app(house)
    for _ in range(2):
        at_step_up(house).app_code(wrong(house, totp))
    assert isinstance(at_step_up(house).app_code(totp.at(house.clock.now())), Advanced)
    house.clock.advance(60)

    assert [type(at_step_up(house).app_code(wrong(house, totp))) for _ in range(2)] == [CodeWrong, CodeWrong]


def test_s11_the_help_desk_opens_this_lock_too(house: House) -> None:
    totp = employee_with_app(house)
    for _ in range(3):
        at_step_up(house).app_code(wrong(house, totp))
    account = house.accounts.by_user_id(DANA)
    assert account is not None
    assert house.administer.unlock(account, OPERATOR)

    assert isinstance(at_step_up(house).app_code(totp.at(house.clock.now())), Advanced)
