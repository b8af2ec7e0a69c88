"""The User ID changes: who may start it, what proves the new address, how the old one stops it, and what stays."""

import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.accounts.model import Account
from idp.accounts.user_ids import Fault
from idp.audit.trail import OPERATOR
from idp.signin.factor_changes import FreshSignInNeeded
from idp.signin.outcomes import CodeWrong, Locked, Rejected, SendRefused
from idp.signin.own_user_id import (
    NewUserIdFault,
    NothingBegun,
    SendUserIdOutcome,
    TooManyChanges,
    UserIdChanged,
    UserIdCodeSent,
    UserIdNotFree,
)
from idp.signin.present_password import PresentWrong
from idp.signin.start_user_id_change import ChangeStarted, NewUserIdRefused
from tests.authenticators.soft_authenticator import SoftAuthenticator
from tests.signin.factors import add_passkey, signed_in
from tests.signin.house import PASSWORD, Browser, House

OLD, NEW = "paula@clinic.example", "paula.reyes@new-clinic.example"


def ask(browser: Browser, new: str = NEW) -> SendUserIdOutcome:
    """Type a new address on the account page; another code can be asked for a minute later."""
    browser.house.clock.advance(61)
    return send(browser, new)


def send(browser: Browser, new: str, present: str = PASSWORD) -> SendUserIdOutcome:
    return browser.rooms.signin.user_ids.own.send(
        signed_in(browser), new, present, device_cookie=browser.device, visitor=browser.visitor
    )


def mailed(house: House, name: str) -> list[tuple[str, str]]:
    """Return to whom mails of this name are to go, with the code or the address in each, newest first."""
    fields = ((mail["to"], mail["fields"]) for mail in house.waiting_mail() if mail["name"] == name)
    return [(to, str(field.get("code") or field.get("confirm_url") or "")) for to, field in fields]


def give(browser: Browser, code: str) -> object:
    return browser.rooms.signin.user_ids.own.confirm(
        signed_in(browser), code, device_cookie=browser.device, visitor=browser.visitor
    )


def now(house: House, account: Account) -> Account:
    found = house.accounts.by_id(account.id)
    assert found is not None
    return found


def started(house: House, account: Account, new: str = NEW) -> str:
    """Have an operator start a change; return the token of the mail to the new address."""
    outcome = house.rooms.signin.user_ids.start.for_operator(account, new, OPERATOR)
    assert isinstance(outcome, ChangeStarted), outcome
    return parse_qs(urlsplit(mailed(house, "confirm_user_id")[0][1]).query)["token"][0]


def test_the_person_changes_it_with_a_code_from_the_new_address(house: House, browser: Browser) -> None:
    account = house.person()
    session = browser.sign_in()
    assert ask(browser, " Paula.Reyes@New-Clinic.example ") == UserIdCodeSent()
    [(to, code)] = mailed(house, "user_id_code")
    assert to == NEW
    assert now(house, account).user_id == OLD, "nothing has changed yet"

    changed = give(browser, code)
    assert isinstance(changed, UserIdChanged)
    after = now(house, account)
    assert (after.user_id, after.sub, after.name) == (NEW, account.sub, account.name)
    assert browser.session is not None, "the session stays"
    assert browser.session.sid == session.sid
    told = house.told()
    assert (OLD, ["email_asked", "email"]) in told
    assert {to for to, what in told if "email" in what} == {OLD, NEW}

    other = house.browser_at_password()
    assert isinstance(other.password(OLD), Rejected)
    other.sign_in(NEW)
    same = house.browser()
    same.device = changed.cookies.device
    assert same.device is not None
    assert house.rooms.people.devices.read(same.device, NEW, account.id), "the browser stays a known one"


def test_a_code_serves_the_address_that_it_went_to_alone(house: House, browser: Browser) -> None:
    account = house.person()
    browser.sign_in()
    ask(browser)
    first = mailed(house, "user_id_code")[0][1]
    ask(browser, "other@new-clinic.example")
    (to, second), _ = mailed(house, "user_id_code")
    assert to == "other@new-clinic.example"
    if first != second:
        assert isinstance(give(browser, first), CodeWrong)
    assert isinstance(give(browser, second), UserIdChanged)
    assert now(house, account).user_id == "other@new-clinic.example"


def test_another_browser_of_the_same_person_cannot_finish_it(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()
    ask(browser)
    code = mailed(house, "user_id_code")[0][1]
    other = house.browser()
    other.sign_in()
    assert give(other, code) == NothingBegun()


def test_s6_it_takes_a_sign_in_of_the_last_minutes(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()
    house.clock.advance(840)
    assert browser.session is not None
    house.clock.advance(500)
    assert browser.session is not None
    house.clock.advance(1)
    assert isinstance(ask(browser), FreshSignInNeeded)
    assert mailed(house, "user_id_code") == []


def test_s6_a_browser_that_stands_open_gives_the_account_to_nobody(house: House, browser: Browser) -> None:
    account = house.person()
    browser.sign_in()
    house.clock.advance(61)
    for guess in ("", "Wrong.Kettle.41"):
        assert isinstance(send(browser, NEW, guess), PresentWrong)
    assert send(browser, "", "") == NewUserIdFault(Fault.MALFORMED), "nothing was begun that could be sent again"

    assert mailed(house, "user_id_code") == []
    assert house.rooms.signin.user_ids.start.waiting(account) is None
    assert isinstance(send(browser, NEW, "Wrong.Kettle.41"), Locked), "they are invalid attempts"


def test_it_takes_the_strongest_factor_in_use(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()
    add_passkey(browser, SoftAuthenticator())
    weak = house.browser()
    weak.sign_in()
    assert ask(weak) == FreshSignInNeeded("urn:mes:acr:phishing-resistant")


def test_wrong_codes_count_as_attempts_and_lock(house: House, browser: Browser) -> None:
    account = house.person()
    browser.sign_in()
    ask(browser)
    code = mailed(house, "user_id_code")[0][1]
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert [type(give(browser, wrong)) for _ in range(3)] == [CodeWrong, CodeWrong, Locked]
    assert isinstance(give(browser, code), Locked)
    assert now(house, account).user_id == OLD


def test_nothing_tells_whether_the_new_address_is_somebodys(house: House, browser: Browser) -> None:
    house.person()
    owner = house.person("grace@harbor.example")
    browser.sign_in()
    assert ask(browser, owner.user_id) == UserIdCodeSent()
    assert mailed(house, "user_id_code") == []
    [mail] = [mail for mail in house.waiting_mail() if mail["name"] == "user_id_taken"]
    assert (mail["to"], mail["fields"]["given_name"]) == (owner.user_id, "")
    look = browser.rooms.signin.user_ids.own.look(signed_in(browser))
    assert getattr(look, "new", "") == owner.user_id
    assert isinstance(give(browser, "000000"), CodeWrong | UserIdNotFree)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("nobody", "malformed"),
        ("", "malformed"),
        ("paula@clinic.example, thief@x.example", "malformed"),
        ("\u0440\u0430ula@clinic.example", "malformed"),
        ('"a b"@clinic.example', "malformed"),
        ("a@x.example\r\nBcc: b@x.example", "malformed"),
        ("PAULA@clinic.example", "same"),
        ("paula@dmas.virginia.gov", "dmas"),
    ],
)
def test_addresses_that_cannot_be_a_user_id_are_refused_and_never_mailed(
    house: House, browser: Browser, typed: str, fault: str
) -> None:
    account = house.person()
    browser.sign_in()
    before = len(house.posted())
    assert ask(browser, typed) == NewUserIdFault(fault)  # type: ignore[arg-type]
    assert house.rooms.signin.user_ids.start.for_operator(account, typed, OPERATOR) == NewUserIdRefused(
        fault  # type: ignore[arg-type]
    )
    assert len(house.posted()) == before


def test_so_many_a_day_and_one_a_minute(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()
    assert ask(browser) == UserIdCodeSent()
    again = send(browser, NEW)
    assert isinstance(again, SendRefused)
    for _ in range(4):
        assert ask(browser) == UserIdCodeSent()
    assert ask(browser) == TooManyChanges()


def test_one_address_gets_so_many_mails_a_day_whoever_asks(house: House) -> None:
    for number in range(6):
        house.person(f"p{number}@clinic.example")
        browser = house.browser()
        browser.sign_in(f"p{number}@clinic.example")
        assert ask(browser) == UserIdCodeSent(), "the page says the same"
    assert len(mailed(house, "user_id_code")) == 5


def test_a_user_id_that_changes_while_a_code_is_asked_for_leaves_the_old_address_without_one(
    house: House, browser: Browser
) -> None:
    account = house.person()
    browser.come()
    browser.password()
    asking = threading.Thread(target=browser.send)
    with house.database.transaction() as connection:
        house.accounts.hold(connection, account.id)
        asking.start()
        # Until the sender has read where codes go, where readers need not wait.
        asking.join(0.7)
        house.accounts.change_person(connection, account.id, user_id=NEW)
    asking.join()
    assert OLD not in {mail["to"] for mail in house.waiting_mail() if mail["name"] == "passcode"}
