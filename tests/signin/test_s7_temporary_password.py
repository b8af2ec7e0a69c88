"""Facts S7 and S12: a temporary password opens nothing but the change page, still needs the code, and is used once."""

import pytest

from idp.accounts.create_account import Created, NewAccount
from idp.accounts.password_policy import Rule
from idp.audit.trail import OPERATOR
from idp.signin.outcomes import Advanced, PasswordRefused, Rejected, TemporaryPasswordExpired
from tests.signin.house import PASSWORD, Browser, House

NEW = "Walnut.Bridge.72"


def mailed(house: House) -> str:
    message = next(message for message in house.posted() if message["name"] == "temporary_password")
    return str(message["fields"]["temporary_password"])


def with_temporary_password(house: House) -> str:
    account = house.person()
    assert house.administer.send_temporary_password(account, OPERATOR)
    return mailed(house)


def to_new_password(house: House, browser: Browser, temporary: str) -> None:
    browser.come()
    assert isinstance(browser.password(password=temporary), Advanced)
    assert browser.next_path == "/sign-in/verify"
    house.clock.advance(60)
    browser.send()
    assert isinstance(browser.code(house.newest_code()), Advanced)


def test_it_leads_by_the_code_to_the_change_page_and_no_further(house: House, browser: Browser) -> None:
    to_new_password(house, browser, with_temporary_password(house))

    assert browser.next_path == "/sign-in/new-password"
    assert browser.session is None


def test_setting_the_new_password_completes_the_sign_in(house: House, browser: Browser) -> None:
    to_new_password(house, browser, with_temporary_password(house))

    outcome = browser.new_password(NEW)

    assert isinstance(outcome, Advanced)
    assert outcome.next_path == "/menu"
    assert browser.session is not None
    assert browser.session.amr == ("pwd", "otp")
    assert house.posted()[0]["name"] == "gather_notices"
    assert house.events()[-4:] == [
        "account:temporary_password:used",
        "account:password:changed",
        "session:started",
        "account:sign_in:succeeded",
    ]
    other = house.browser_at_password()
    assert other.password(password=PASSWORD) == Rejected()
    assert isinstance(other.password(password=NEW), Advanced)


def test_the_old_password_works_until_the_new_one_is_set(house: House, browser: Browser) -> None:
    to_new_password(house, browser, with_temporary_password(house))

    assert isinstance(house.browser_at_password().password(password=PASSWORD), Advanced)


def test_all_broken_rules_are_named_at_once_and_nothing_is_used_up(house: House, browser: Browser) -> None:
    temporary = with_temporary_password(house)
    to_new_password(house, browser, temporary)

    assert browser.new_password("short") == PasswordRefused((Rule.MIN_LENGTH, Rule.UPPER, Rule.DIGIT, Rule.SPECIAL))
    assert browser.new_password(temporary) == PasswordRefused((Rule.NO_REFUSED_WORD,))
    assert isinstance(browser.new_password(NEW), Advanced)


def test_it_is_used_once(house: House, browser: Browser) -> None:
    temporary = with_temporary_password(house)
    second = house.browser()
    to_new_password(house, browser, temporary)
    to_new_password(house, second, temporary)
    browser.new_password(NEW)

    outcome = second.new_password("Harbor.Candle.58")

    assert isinstance(outcome, Advanced)
    assert outcome.next_path.startswith("/sign-in?")
    assert second.session is None
    assert house.browser_at_password().password(password=temporary) == TemporaryPasswordExpired()


def test_the_newest_one_works_and_those_before_do_not(house: House, browser: Browser) -> None:
    account = house.person()
    house.administer.send_temporary_password(account, OPERATOR)
    first = mailed(house)
    house.administer.send_temporary_password(account, OPERATOR)
    browser.come()

    assert browser.password(password=first) == TemporaryPasswordExpired()
    assert isinstance(browser.password(password=mailed(house)), Advanced)


@pytest.mark.parametrize(("age", "expected"), [(3_599, Advanced), (3_600, TemporaryPasswordExpired)])
def test_one_from_a_reset_lives_an_hour(house: House, browser: Browser, age: int, expected: type) -> None:
    temporary = with_temporary_password(house)
    house.clock.advance(age)
    browser.come()

    assert isinstance(browser.password(password=temporary), expected)


@pytest.mark.parametrize(("age", "expected"), [(86_399, Advanced), (86_400, TemporaryPasswordExpired)])
def test_one_from_an_approval_lives_a_day(house: House, browser: Browser, age: int, expected: type) -> None:
    house.create_account(NewAccount("paula@clinic.example", "Paula", "Reyes"), OPERATOR, send_credentials=True)
    house.clock.advance(age)
    browser.come()

    assert isinstance(browser.password(password=mailed(house)), expected)


def test_it_is_counted_like_any_password(house: House, browser: Browser) -> None:
    temporary = with_temporary_password(house)
    house.clock.advance(3_600)
    browser.come()
    outcomes = [browser.password(password=temporary) for _ in range(3)]

    assert [type(outcome).__name__ for outcome in outcomes] == [
        "TemporaryPasswordExpired",
        "TemporaryPasswordExpired",
        "Locked",
    ]


def test_setting_a_password_ends_what_was_open(house: House, browser: Browser) -> None:
    account = house.person()
    browser.sign_in()
    half_way = house.browser_at_password()
    half_way.password()
    house.administer.send_temporary_password(account, OPERATOR)
    house.clock.advance(60)
    other = house.browser()
    to_new_password(house, other, mailed(house))
    other.new_password(NEW)

    assert browser.session is None
    assert other.session is not None
    assert half_way.next_path == "/sign-in"


def test_a_forced_change_leads_every_session_to_it(house: House, browser: Browser) -> None:
    """SECURITY P6: evidence of compromise."""
    account = house.person()
    browser.sign_in()
    with house.database.transaction() as connection:
        house.accounts.passwords.demand_new(connection, account.id)

    assert browser.come() == "/sign-in"
    browser.password()
    house.clock.advance(60)
    browser.send()
    browser.code(house.newest_code())
    assert browser.next_path == "/sign-in/new-password"
    outcome = browser.new_password(NEW)
    assert isinstance(outcome, Advanced)
    assert outcome.next_path == "/menu"


def test_s12_two_mails_go_out_and_none_holds_both(house: House) -> None:
    created = house.create_account(
        NewAccount("paula@clinic.example", "Paula", "Reyes"), OPERATOR, send_credentials=True
    )

    assert isinstance(created, Created)
    password_mail, id_mail = house.posted()
    assert (id_mail["name"], password_mail["name"]) == ("user_id", "temporary_password")
    assert id_mail["fields"]["user_id"] == "paula@clinic.example"
    assert "paula@clinic.example" not in str(password_mail["fields"])
    assert str(password_mail["fields"]["temporary_password"]) not in str(id_mail["fields"])
