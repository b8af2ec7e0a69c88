"""Fact S2 with a real LDAP directory: what comes of its answers, and that nobody else suffers when it is away (SECURITY 4.19)."""

import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from idp.directory.breaker import PAUSE_SECONDS
from idp.directory.ldap import open_directory
from idp.signin.outcomes import Advanced, DirectoryAway, Locked, Rejected
from tests.servers.slapd import Slapd
from tests.signin.house import PASSWORD, Browser, House

EmployeeBrowser = Callable[..., Browser]


@pytest.fixture
def employee_browser(house: House, slapd: Slapd) -> EmployeeBrowser:
    """Open browsers at the sign-in of a house whose directory is the running slapd, or what else its settings name."""

    def browser(**changes: object) -> Browser:
        group = type(house.settings.directory)
        settings = group.model_validate(house.settings.directory.model_dump() | slapd.settings(**changes))
        employees = replace(house.rooms.signin.check_password.employees, directory=open_directory(settings))
        check = replace(house.rooms.signin.check_password, employees=employees)
        rooms = replace(house.rooms, signin=replace(house.rooms.signin, check_password=check))
        opened = Browser(house, rooms)
        opened.come()
        return opened

    return browser


def test_an_employee_signs_in_and_is_who_the_directory_says(
    slapd: Slapd, house: House, employee_browser: EmployeeBrowser
) -> None:
    person = slapd.person(givenName="Zoë", sn="Nuñez", mobile="(804) 555-0142")
    browser = employee_browser()

    assert isinstance(browser.password(f" {person.user_id.upper()} ", person.password), Advanced)
    session = browser.session
    assert session is not None
    assert (session.acr, session.amr) == ("urn:mes:acr:password", ("pwd",))
    account = session.account
    assert (account.user_id, account.name, account.affiliation) == (person.user_id, "Zoë Nuñez", "dmas")
    assert account.phone == "+18045550142"


def test_a_number_that_cannot_be_called_is_none(slapd: Slapd, employee_browser: EmployeeBrowser) -> None:
    person = slapd.person(mobile="ext. 4711")
    browser = employee_browser()

    assert isinstance(browser.password(person.user_id, person.password), Advanced)
    assert browser.session is not None
    assert browser.session.account.phone is None


def test_why_somebody_was_refused_stands_in_the_trail_alone(
    slapd: Slapd, house: House, employee_browser: EmployeeBrowser
) -> None:
    person, disabled = slapd.person(), slapd.person(userAccountControl="514")
    expired = slapd.person(pwdPolicySubentry=slapd.policy(pwdMaxAge="60"), pwdChangedTime="20200101000000Z")
    browser = employee_browser()
    outcomes = [
        browser.password(person.user_id, "Wrong.Candle.58"),
        browser.password(disabled.user_id, disabled.password),
        browser.password(expired.user_id, expired.password),
        browser.password("nobody@dmas.virginia.gov", person.password),
    ]

    assert outcomes == [Rejected()] * 4
    entries = house.trail.newest(event="account:sign_in:rejected")
    assert [entry.details["reason"] for entry in reversed(entries)] == [
        "password",
        "disabled",
        "password_expired",
        "unknown",
    ]
    assert person.user_id not in json.dumps([entry.details for entry in entries])


def test_s11_we_lock_before_the_directory_is_asked_a_fourth_time(
    slapd: Slapd, employee_browser: EmployeeBrowser
) -> None:
    person = slapd.person()
    browser = employee_browser()
    outcomes = [browser.password(person.user_id, "Wrong.Candle.58") for _ in range(3)]

    assert [type(outcome) for outcome in outcomes] == [Rejected, Rejected, Locked]
    assert isinstance(browser.password(person.user_id, person.password), Locked)


def test_a_directory_that_is_away_is_told_nothing_is_counted_and_no_local_password_helps(
    slapd: Slapd, house: House, employee_browser: EmployeeBrowser
) -> None:
    person = slapd.person()
    assert isinstance(employee_browser().password(person.user_id, person.password), Advanced)
    account = house.accounts.by_user_id(person.user_id)
    assert account is not None
    with house.database.transaction() as connection:
        house.accounts.passwords.set(connection, account.id, house.hasher.hash("Local.Kettle.41"))
    away = employee_browser(url=f"ldaps://127.0.0.1:{slapd.elsewhere}")

    for password in (person.password, "Local.Kettle.41", "Wrong.Candle.58"):
        assert [away.password(person.user_id, password) for _ in range(2)] == [DirectoryAway()] * 2
    assert isinstance(employee_browser().password(person.user_id, person.password), Advanced)


def test_outside_users_do_not_wait_for_a_directory_that_hangs(
    slapd: Slapd, house: House, employee_browser: EmployeeBrowser
) -> None:
    import socket

    house.person()
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        browser = employee_browser(url=f"ldaps://127.0.0.1:{hanging.getsockname()[1]}", timeout_seconds=1)
        assert browser.password("dana@dmas.virginia.gov", "Harbor.Candle.58") == DirectoryAway()
        begun = time.monotonic()
        # Employees are told at once from then on, and everybody else signs in as ever.
        for number in range(20):
            assert browser.password(f"dana{number}@dmas.virginia.gov", "Harbor.Candle.58") == DirectoryAway()
        assert isinstance(browser.password("paula@clinic.example", PASSWORD), Advanced)
        assert time.monotonic() - begun < PAUSE_SECONDS
