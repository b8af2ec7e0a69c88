"""Somebody who has a part of a person's sign-in tries to make it worth more by changing the authenticator app."""

import pyotp

from idp.audit.trail import OPERATOR
from idp.signin.enrol_app import Enrolled, Enrolment, EnrolmentCodeWrong
from idp.signin.factor_changes import FreshSignInNeeded
from idp.signin.outcomes import Advanced
from tests.signin.house import EMPLOYEE_PASSWORD, Browser, House
from tests.signin.test_step_up import MFA, enrol

APP = FreshSignInNeeded("urn:mes:acr:mfa")


def test_password_and_mailbox_do_not_replace_somebodys_app(house: House) -> None:
    house.person()
    owner = house.browser()
    owner.sign_in()
    enrol(owner)
    thief = house.browser()
    session = thief.sign_in()

    assert thief.rooms.signin.enrol_app.begin(session) == APP
    assert thief.rooms.signin.enrol_app.confirm(session, "000000", thief.visitor) == APP
    assert thief.come(MFA) == "/sign-in/step-up"


def test_who_shows_the_app_may_replace_it(house: House) -> None:
    house.person()
    owner = house.browser()
    owner.sign_in()
    totp = enrol(owner)
    owner.come(MFA)
    later = house.browser()
    later.sign_in()
    later.come(MFA)
    assert isinstance(later.app_code(totp.at(house.clock.now())), Advanced)

    enrol(later)

    assert later.session is not None
    assert later.session.acr == "urn:mes:acr:mfa"


def test_an_employees_password_alone_does_not_become_two_factors(house: House, browser: Browser) -> None:
    employee = house.employ()
    browser.come()
    assert isinstance(browser.password(employee, EMPLOYEE_PASSWORD), Advanced)
    session = browser.session
    assert session is not None
    assert session.acr == "urn:mes:acr:password"

    assert browser.rooms.signin.enrol_app.begin(session) == FreshSignInNeeded("urn:mes:acr:passcode")
    assert browser.rooms.signin.enrol_app.confirm(session, "000000", browser.visitor) == FreshSignInNeeded()


def test_a_secret_shown_in_a_stolen_session_is_not_shown_to_the_owner(house: House) -> None:
    house.person()
    thief, owner = house.browser(), house.browser()
    stolen = thief.sign_in()
    seen = thief.rooms.signin.enrol_app.begin(stolen)
    house.clock.advance(60)
    session = owner.sign_in()
    shown = owner.rooms.signin.enrol_app.begin(session)
    assert isinstance(seen, Enrolment)
    assert isinstance(shown, Enrolment)
    now = house.clock.now()

    assert shown.secret != seen.secret
    guess = pyotp.TOTP(seen.secret).at(now)
    assert owner.rooms.signin.enrol_app.confirm(session, guess, owner.visitor) == EnrolmentCodeWrong()
    done = owner.rooms.signin.enrol_app.confirm(session, pyotp.TOTP(shown.secret).at(now), owner.visitor)
    assert isinstance(done, Enrolled)
    assert thief.rooms.signin.enrol_app.confirm(stolen, pyotp.TOTP(seen.secret).at(now), thief.visitor) == APP


def test_no_factor_is_added_before_a_password_that_must_change(house: House, browser: Browser) -> None:
    account = house.person()
    browser.sign_in()
    with house.database.transaction() as connection:
        house.accounts.passwords.demand_new(connection, account.id)
    session = browser.session
    assert session is not None

    assert isinstance(browser.rooms.signin.enrol_app.begin(session), FreshSignInNeeded)


def test_an_operator_takes_a_lost_app_away_and_the_owner_sets_up_another(house: House) -> None:
    account = house.person()
    owner = house.browser()
    owner.sign_in()
    enrol(owner)

    assert house.rooms.signin.remove_authenticator.for_operator(account, "app", OPERATOR)
    assert not house.rooms.signin.remove_authenticator.for_operator(account, "app", OPERATOR)

    later = house.browser()
    later.sign_in()
    enrol(later)
    trail = [event for event in house.events() if event.startswith("account:authenticator_app")]
    assert trail == ["account:authenticator_app:" + word for word in ("enrolled", "removed", "enrolled")]
