"""Accounts that nobody signs in to: warned after 45 and 55 days, disabled after 60, opened again by an approver (H8)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from idp.accounts.model import Account, accounts
from idp.accounts.quiet_accounts import DAY_SECONDS
from idp.audit.trail import OPERATOR, Visitor
from idp.settings import Settings, SettingsFault
from idp.signin.outcomes import Advanced, Rejected
from tests.signin.house import House

APPROVER = Visitor(actor="sub-of-an-approver")


def days(house: House, number: float) -> list[str]:
    """Let so many days pass, and one sweep; return the mails that it sent."""
    house.clock.advance(int(number * DAY_SECONDS))
    return sweep(house)


def sweep(house: House) -> list[str]:
    before = len(house.posted())
    house.rooms.signin.sweep_quiet_accounts()
    new = house.posted()
    return [mail["name"] for mail in new[: len(new) - before]]


def now(house: House, account: Account) -> Account:
    found = house.accounts.by_id(account.id)
    assert found is not None
    return found


def test_h8_warned_after_45_and_55_days_and_disabled_after_60(house: House) -> None:
    paula = house.person()
    browser = house.browser()
    browser.sign_in()
    signed_in_at = house.clock.now()
    house.clock.advance(45 * DAY_SECONDS - 1)
    assert sweep(house) == []
    house.clock.advance(1)
    assert sweep(house) == ["account_quiet"]
    warning = house.posted()[0]
    assert warning["to"] == paula.user_id
    assert warning["fields"]["disabled_at"] == signed_in_at + 60 * DAY_SECONDS
    assert warning["fields"]["last_sign_in_at"] == signed_in_at
    assert sweep(house) == [], "once each"
    assert days(house, 9.9) == []
    assert days(house, 0.1) == ["account_quiet"]
    assert days(house, 4.9) == []
    assert now(house, paula).disabled_at is None
    assert days(house, 0.1) == ["quiet_account_disabled"]
    assert house.posted()[0]["to"] == paula.user_id
    assert (now(house, paula).disabled_at, now(house, paula).disabled_by) == (house.clock.now(), "quiet")
    assert days(house, 30) == []
    assert house.events().count("account:quiet:warned") == 2
    assert house.trail.newest(event="account:disabled")[0].details == {"by": "quiet"}
    assert house.trail.newest(event="account:disabled")[0].actor == "sweep"


def test_a_sign_in_in_time_counts_anew(house: House) -> None:
    paula = house.person()
    assert days(house, 55) == ["account_quiet"]
    house.clock.advance(5 * DAY_SECONDS - 60)
    house.browser().sign_in()
    assert days(house, 1) == []
    assert days(house, 44) == ["account_quiet"]
    assert now(house, paula).disabled_at is None


def test_who_never_signed_in_is_counted_from_the_beginning(house: House) -> None:
    paula = house.person(password=None)
    assert days(house, 45) == ["account_quiet"]
    assert house.posted()[0]["fields"]["last_sign_in_at"] is None
    assert days(house, 10) == ["account_quiet"]
    assert days(house, 5) == ["quiet_account_disabled"]
    assert now(house, paula).disabled_by == "quiet"


def test_what_is_open_ends_and_the_sign_in_is_refused_like_any_other(house: House) -> None:
    house.person()
    house.person("omar@clinic.example")
    for wait in (45, 10, 5):
        days(house, wait)
    browser = house.browser_at_password()
    right = browser.password()
    wrong = house.browser_at_password().password("omar@clinic.example", "Wrong.Kettle.41")
    unknown = house.browser_at_password().password("nobody@clinic.example")
    assert isinstance(right, Rejected)
    assert right == wrong == unknown


def test_an_approver_opens_it_again_and_the_days_count_anew(house: House) -> None:
    paula = house.person()
    for wait in (45, 10, 5):
        days(house, wait)
    with house.database.reading() as connection:
        assert house.rooms.people.quiet_accounts.shut(connection) == [now(house, paula)]
        assert house.rooms.people.quiet_accounts.shut(connection, after=paula.id) == []
    assert house.rooms.people.reactivate(now(house, paula), APPROVER, only_quiet=True)
    assert not house.rooms.people.reactivate(now(house, paula), APPROVER, only_quiet=True)
    assert house.posted()[0]["name"] == "account_reactivated"
    entry = house.trail.newest(event="account:enabled")[0]
    assert (entry.actor, entry.subject) == ("sub-of-an-approver", paula.sub)
    assert isinstance(house.browser_at_password().password(), Advanced)
    assert days(house, 44.9) == []
    assert days(house, 0.1) == ["account_quiet"]


def test_an_approver_does_not_open_what_an_operator_disabled(house: House) -> None:
    paula = house.person()
    for wait in (45, 10, 5):
        days(house, wait)
    # An operator's word goes over disuse.
    assert house.rooms.signin.disable_account(paula, OPERATOR)
    assert not house.rooms.people.reactivate(now(house, paula), APPROVER, only_quiet=True)
    with house.database.reading() as connection:
        assert house.rooms.people.quiet_accounts.shut(connection) == []
    assert house.administer.enable(now(house, paula), OPERATOR)
    assert now(house, paula).disabled_by is None


def test_employees_and_disabled_accounts_are_left_alone(house: House) -> None:
    dana = house.employ()
    browser = house.browser_at_password()
    assert isinstance(browser.password(dana, "Harbor.Candle.58"), Advanced)
    house.rooms.signin.disable_account(house.person(), OPERATOR)
    for wait in (45, 10, 5, 100):
        assert days(house, wait) == []


def test_after_a_pause_of_ours_nobody_is_disabled_unwarned(house: House) -> None:
    paula = house.person()
    assert days(house, 200) == ["account_quiet"]
    assert house.posted()[0]["fields"]["disabled_at"] == house.clock.now() + 5 * DAY_SECONDS
    assert days(house, 4.9) == []
    assert days(house, 0.1) == ["quiet_account_disabled"]
    assert now(house, paula).disabled_by == "quiet"


def test_accounts_of_the_release_before_are_counted_from_their_last_sign_in(house: House) -> None:
    paula = house.person()
    seen = house.clock.now() + 10 * DAY_SECONDS
    with house.database.transaction() as connection:
        connection.execute(update(accounts).values(quiet_since=None, last_sign_in_at=seen))
    assert days(house, 54.9) == []
    assert days(house, 0.1) == ["account_quiet"]
    # A node of the release before notes a sign-in there and nowhere else.
    with house.database.transaction() as connection:
        connection.execute(update(accounts).values(last_sign_in_at=house.clock.now()))
    assert days(house, 10) == []
    assert days(house, 10) == []
    assert now(house, paula).disabled_at is None


def test_two_nodes_at_once_say_each_thing_once(make_house: Callable[..., House]) -> None:
    nodes = [make_house(), make_house()]
    house = nodes[0]
    for number in range(5):
        house.person(f"person-{number}@clinic.example", password=None)

    def both() -> list[str]:
        before = len(house.posted())
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda node: node.rooms.signin.sweep_quiet_accounts(), nodes * 2))
        return [mail["name"] for mail in house.posted()[: len(house.posted()) - before]]

    house.clock.advance(45 * DAY_SECONDS)
    assert both() == ["account_quiet"] * 5
    house.clock.advance(10 * DAY_SECONDS)
    assert both() == ["account_quiet"] * 5
    house.clock.advance(5 * DAY_SECONDS)
    assert both() == ["quiet_account_disabled"] * 5
    assert house.events().count("account:disabled") == 5


def test_a_sign_in_at_the_same_moment_is_in_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    paula = house.person()
    for wait in (45, 10):
        days(house, wait)
    house.clock.advance(5 * DAY_SECONDS)
    quiet = house.rooms.people.quiet_accounts
    found = quiet.to_disable

    def and_then_she_signs_in(connection: object) -> list[Account]:
        due = found(connection)  # type: ignore[arg-type]
        house.browser().sign_in()
        return due

    monkeypatch.setattr(type(quiet), "to_disable", lambda self, connection: and_then_she_signs_in(connection))
    assert "quiet_account_disabled" not in sweep(house)
    assert now(house, paula).disabled_at is None


def test_it_can_be_turned_off_and_changed(make_house: Callable[..., House]) -> None:
    house = make_house(quiet={"disable_days": 0})
    house.person()
    assert days(house, 1_000) == []
    without_warning = make_house(quiet={"warn_days": [], "disable_days": 30})
    assert sweep(without_warning) == ["quiet_account_disabled"]


@pytest.mark.parametrize("wrong", [{"warn_days": [55, 45]}, {"warn_days": [45, 60]}, {"warn_days": [0, 45]}])
def test_warnings_come_before_and_in_order(make_settings: Callable[..., Settings], wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsFault, match="warn_days"):
        make_settings(quiet=wrong)


def test_many_at_once_come_in_portions(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.accounts.quiet_accounts.BATCH", 4)
    for number in range(10):
        house.person(f"person-{number}@clinic.example", password=None)
    assert [len(days(house, 45)), len(sweep(house)), len(sweep(house)), len(sweep(house))] == [4, 4, 2, 0]
