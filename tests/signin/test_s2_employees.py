"""Fact S2: DMAS employees sign in with their DMAS e-mail address and password; there are no password tools for them."""

from idp.accounts.create_account import NewAccount, NotCreated
from idp.audit.trail import OPERATOR
from idp.signin.demand import Demand
from idp.signin.outcomes import Advanced, DirectoryAway, Locked, Rejected
from tests.signin.house import EMPLOYEE_PASSWORD, Browser, House

DANA = "dana@dmas.virginia.gov"


def test_an_employee_is_signed_in_by_the_directory_and_asked_for_no_code(house: House, browser: Browser) -> None:
    house.employ()
    browser.come()

    outcome = browser.password(DANA, EMPLOYEE_PASSWORD)

    assert isinstance(outcome, Advanced)
    assert outcome.next_path == "/menu"
    session = browser.session
    assert session is not None
    assert (session.acr, session.amr) == ("urn:mes:acr:password", ("pwd",))
    assert session.account.affiliation == "dmas"
    assert session.account.name == "Dana Whitfield"


def test_who_is_disabled_while_the_directory_checks_gets_no_session(house: House, browser: Browser) -> None:
    house.employ()
    house.browser_at_password().password(DANA, EMPLOYEE_PASSWORD)
    account = house.accounts.by_user_id(DANA)
    assert account is not None
    check = house.rooms.signin.check_password.employees

    class SlowDirectory:
        def verify(self, user_id: str, password: str) -> object:
            assert account is not None
            house.rooms.signin.disable_account(account, OPERATOR)
            return stand_in.verify(user_id, password)

    stand_in = check.directory
    assert stand_in is not None
    object.__setattr__(check, "directory", SlowDirectory())
    browser.come()
    assert browser.password(DANA, EMPLOYEE_PASSWORD) == Rejected()
    assert browser.session_cookie is None
    with house.database.reading() as connection:
        assert house.rooms.signin.sessions.live(connection, account.id) == []


def test_the_second_time_it_is_the_same_account(house: House) -> None:
    house.employ()
    subs = set()
    for _ in range(2):
        browser = house.browser_at_password()
        browser.password(DANA, EMPLOYEE_PASSWORD)
        assert browser.session is not None
        subs.add(browser.session.account.sub)

    assert len(subs) == 1


def test_a_demand_for_more_leads_to_the_step_up(house: House, browser: Browser) -> None:
    house.employ()
    browser.come(Demand(client_id="c", acr="urn:mes:acr:passcode"))
    browser.password(DANA, EMPLOYEE_PASSWORD)
    assert browser.next_path == "/sign-in/step-up"
    before = browser.session
    assert before is not None

    browser.send()
    outcome = browser.code(house.newest_code())

    assert isinstance(outcome, Advanced)
    assert outcome.next_path.startswith("/authorize/resume?interaction=")
    after = browser.session
    assert after is not None
    assert (after.sid, after.acr, after.amr) == (before.sid, "urn:mes:acr:passcode", ("pwd", "otp"))


def test_mfa_that_the_directory_proved_counts(house: House, browser: Browser) -> None:
    house.employ(mfa=True)
    browser.come(Demand(client_id="c", acr="urn:mes:acr:mfa"))
    outcome = browser.password(DANA, EMPLOYEE_PASSWORD)

    assert isinstance(outcome, Advanced)
    assert outcome.next_path.startswith("/authorize/resume")
    assert browser.session is not None
    assert browser.session.amr == ("pwd", "mfa")


def test_wrong_passwords_lock_before_the_directory_does(house: House, browser: Browser) -> None:
    house.employ()
    browser.come()

    assert [type(outcome) for outcome in browser.wrong(3, DANA)] == [Rejected, Rejected, Locked]
    assert isinstance(browser.password(DANA, EMPLOYEE_PASSWORD), Locked)


def test_a_directory_that_is_away_is_told_and_nothing_counted(house: House, browser: Browser) -> None:
    browser.come()

    assert [browser.password(DANA, EMPLOYEE_PASSWORD) for _ in range(4)] == [DirectoryAway()] * 4
    house.employ()
    assert isinstance(browser.password(DANA, EMPLOYEE_PASSWORD), Advanced)


def test_an_empty_password_never_reaches_the_directory(house: House, browser: Browser) -> None:
    house.employ(password="")
    browser.come()

    assert browser.password(DANA, "") == Rejected()


def test_without_a_directory_employees_are_rejected_like_anybody(house: House) -> None:
    house.employ()
    browser = Browser(house, house.without_directory())
    browser.come()

    assert browser.password(DANA, EMPLOYEE_PASSWORD) == Rejected()


def test_a_disabled_employee_is_rejected(house: House, browser: Browser) -> None:
    house.employ()
    browser.come()
    browser.password(DANA, EMPLOYEE_PASSWORD)
    assert browser.session is not None
    house.rooms.signin.disable_account(browser.session.account, OPERATOR)
    other = house.browser_at_password()

    assert other.password(DANA, EMPLOYEE_PASSWORD) == Rejected()


def test_employees_are_given_no_password_here(house: House) -> None:
    new = NewAccount(DANA, "Dana", "Whitfield", affiliation="dmas")

    assert isinstance(house.create_account(new, OPERATOR, password="Walnut.Bridge.72"), NotCreated)
    assert isinstance(house.create_account(new, OPERATOR, send_credentials=True), NotCreated)
    house.create_account(new, OPERATOR)
    account = house.accounts.by_user_id(DANA)
    assert account is not None
    assert not house.administer.send_temporary_password(account, OPERATOR)
    assert house.posted() == []
