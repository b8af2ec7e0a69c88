"""Somebody who has a part of a person's sign-in tries to make it worth more with passkeys and recovery codes."""

import pytest

from idp.audit.trail import OPERATOR
from idp.authenticators.recovery_codes import NewCodes
from idp.signin.add_passkey import AnswerStale, PasskeyQuestion
from idp.signin.enrol_app import Enrolment
from idp.signin.factor_changes import FreshSignInNeeded
from idp.signin.outcomes import Advanced
from idp.signin.remove_authenticator import NotThere, Removed
from idp.signin.sessions import Session
from tests.authenticators.soft_authenticator import SoftAuthenticator
from tests.signin.factors import STRONGEST, add_passkey, make_codes, question, recover, show, signed_in
from tests.signin.house import EMPLOYEE_PASSWORD, Browser, House
from tests.signin.test_step_up import MFA, enrol

PASSCODE_NEEDED = FreshSignInNeeded("urn:mes:acr:passcode")
MFA_NEEDED = FreshSignInNeeded("urn:mes:acr:mfa")
PASSKEY_NEEDED = FreshSignInNeeded("urn:mes:acr:phishing-resistant")


def every_change(browser: Browser, session: Session) -> list[object]:
    """Try everything that changes a factor."""
    rooms, device = browser.rooms.signin, SoftAuthenticator()
    options = house_options(browser, session)
    return [
        rooms.enrol_app.begin(session),
        rooms.enrol_app.confirm(session, "000000", browser.visitor),
        rooms.add_passkey.begin(session),
        rooms.add_passkey.confirm(session, device.register(options), "Mine", browser.visitor),
        rooms.make_recovery_codes.make(session),
        rooms.make_recovery_codes.keep(session, "x", browser.visitor),
        rooms.remove_authenticator(session, "app", None, browser.visitor),
        rooms.remove_authenticator(session, "passkeys", 1, browser.visitor),
        rooms.remove_authenticator(session, "recovery-codes", None, browser.visitor),
        rooms.remove_authenticator.needed(session),
    ]


def house_options(browser: Browser, session: Session) -> str:
    """Return what this session would be asked, as if nothing stood in the way."""
    return browser.rooms.factors.ceremony.ask_to_register(session.account, [], session.sid)


def test_password_and_mailbox_change_nothing_where_there_is_a_passkey(house: House) -> None:
    house.person()
    owner, device = house.browser(), SoftAuthenticator()
    owner.sign_in()
    add_passkey(owner, device)
    thief = house.browser()
    session = thief.sign_in()

    assert every_change(thief, session) == [PASSKEY_NEEDED] * 10
    assert thief.come(STRONGEST) == "/sign-in/step-up"


def test_an_app_does_not_change_what_a_passkey_protects(house: House) -> None:
    house.person()
    owner, device = house.browser(), SoftAuthenticator()
    owner.sign_in()
    totp = enrol(owner)
    codes = make_codes(owner)
    add_passkey(owner, device)
    house.clock.advance(60)
    thief = house.browser()
    thief.come()
    thief.password()
    assert isinstance(thief.app_code(totp.at(house.clock.now())), Advanced)
    assert every_change(thief, signed_in(thief)) == [PASSKEY_NEEDED] * 10
    other = house.browser()
    other.come()
    other.password()
    assert isinstance(recover(other, codes[0]), Advanced)
    assert every_change(other, signed_in(other)) == [PASSKEY_NEEDED] * 10


def test_password_and_mailbox_change_nothing_where_there_is_an_app(house: House) -> None:
    house.person()
    owner = house.browser()
    owner.sign_in()
    enrol(owner)
    thief = house.browser()

    assert every_change(thief, thief.sign_in()) == [MFA_NEEDED] * 10


def test_a_touched_key_protects_as_an_app_does(house: House) -> None:
    house.person()
    owner, key = house.browser(), SoftAuthenticator(verifies_user=False)
    owner.sign_in()
    add_passkey(owner, key)
    thief = house.browser()
    assert every_change(thief, thief.sign_in()) == [MFA_NEEDED] * 10
    owner.come(MFA)
    assert isinstance(show(owner, key), Advanced)
    add_passkey(owner, SoftAuthenticator(), "One with a PIN")


def test_who_lost_the_phone_sets_up_another_app_with_a_recovery_code(house: House) -> None:
    house.person()
    owner = house.browser()
    owner.sign_in()
    enrol(owner)
    codes = make_codes(owner)
    later = house.browser()
    later.sign_in()
    later.come(MFA)
    assert isinstance(recover(later, codes[0]), Advanced)

    assert isinstance(later.rooms.signin.enrol_app.begin(signed_in(later)), Enrolment)


def test_an_employees_password_alone_adds_nothing(house: House, browser: Browser) -> None:
    employee = house.employ()
    browser.come()
    assert isinstance(browser.password(employee, EMPLOYEE_PASSWORD), Advanced)
    session = signed_in(browser)
    assert session.acr == "urn:mes:acr:password"
    changes = every_change(browser, session)

    assert changes[:4] == [PASSCODE_NEEDED] * 4
    assert browser.rooms.factors.standing(session.account.id).passkeys == []


def test_s6_an_old_sign_in_changes_nothing(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()
    enrol(browser)
    make_codes(browser)
    for _ in range(3):
        house.clock.advance(401)
        session = signed_in(browser)

    assert every_change(browser, session) == [MFA_NEEDED] * 10


def test_a_session_that_was_ended_meanwhile_changes_nothing(house: House, browser: Browser) -> None:
    house.person()
    session = browser.sign_in()
    with house.database.transaction() as connection:
        house.rooms.signin.sessions.end(connection, session.sid)

    assert every_change(browser, session)[:4] == [PASSCODE_NEEDED] * 4


def test_no_factor_is_added_before_a_password_that_must_change(house: House, browser: Browser) -> None:
    account = house.person()
    browser.sign_in()
    with house.database.transaction() as connection:
        house.accounts.passwords.demand_new(connection, account.id)

    assert every_change(browser, signed_in(browser))[:4] == [PASSCODE_NEEDED] * 4


def test_of_two_who_add_the_first_passkey_the_second_must_show_it(house: House) -> None:
    house.person()
    owner, thief = house.browser(), house.browser()
    owner.sign_in()
    session = thief.sign_in()
    device = SoftAuthenticator()
    answer = device.register(question(thief))
    add_passkey(owner, SoftAuthenticator())

    assert thief.rooms.signin.add_passkey.confirm(session, answer, "Mine", thief.visitor) == PASSKEY_NEEDED


def test_a_registration_of_one_person_is_not_another_persons(house: House) -> None:
    house.person()
    house.person("quentin@clinic.example")
    paula, quentin = house.browser(), house.browser()
    paula.sign_in()
    session = quentin.sign_in("quentin@clinic.example")
    answer = SoftAuthenticator().register(question(paula))

    assert quentin.rooms.signin.add_passkey.confirm(session, answer, "x", quentin.visitor) == AnswerStale()


def test_codes_shown_to_a_thief_are_not_kept_by_the_owner(house: House) -> None:
    house.person()
    owner, thief = house.browser(), house.browser()
    owner.sign_in()
    enrol(owner)
    stolen = signed_in(owner)
    seen = thief.rooms.signin.make_recovery_codes.make(stolen)
    shown = owner.rooms.signin.make_recovery_codes.make(signed_in(owner))
    assert isinstance(seen, NewCodes)
    assert isinstance(shown, NewCodes)
    owner.rooms.signin.make_recovery_codes.keep(signed_in(owner), shown.batch, owner.visitor)
    later = house.browser_at_password()
    later.password()

    assert not isinstance(recover(later, seen.codes[0]), Advanced)
    assert isinstance(recover(later, shown.codes[0]), Advanced)


def test_only_ones_own_passkey_is_removed(house: House) -> None:
    house.person()
    house.person("quentin@clinic.example")
    paula, quentin = house.browser(), house.browser()
    paula.sign_in()
    add_passkey(paula, SoftAuthenticator())
    (hers,) = house.rooms.factors.standing(signed_in(paula).account.id).passkeys
    session = quentin.sign_in("quentin@clinic.example")

    assert quentin.rooms.signin.remove_authenticator(session, "passkeys", hers.id, quentin.visitor) == NotThere()
    assert len(house.rooms.factors.standing(signed_in(paula).account.id).passkeys) == 1


def test_the_owner_removes_a_passkey_by_showing_one_and_is_told(house: House, browser: Browser) -> None:
    house.person()
    device = SoftAuthenticator()
    browser.sign_in()
    add_passkey(browser, device)
    browser.come(STRONGEST)
    assert isinstance(show(browser, device), Advanced)
    session = signed_in(browser)
    (passkey,) = house.rooms.factors.standing(session.account.id).passkeys

    assert browser.rooms.signin.remove_authenticator(session, "passkeys", passkey.id, browser.visitor) == Removed()
    assert browser.rooms.signin.remove_authenticator(session, "passkeys", passkey.id, browser.visitor) == NotThere()
    assert house.told() == [("paula@clinic.example", ["passkey_added", "passkey_removed"])]


@pytest.mark.parametrize("kind", ["app", "passkeys", "recovery-codes"])
def test_an_operator_takes_away_what_was_lost_and_the_owner_is_told(house: House, kind: str) -> None:
    account = house.person()
    owner, key = house.browser(), SoftAuthenticator(verifies_user=False)
    owner.sign_in()
    enrol(owner)
    make_codes(owner)
    add_passkey(owner, key)
    house.told()
    remove = house.rooms.signin.remove_authenticator.for_operator
    assert remove(account, kind, OPERATOR)  # type: ignore[arg-type]
    assert not remove(account, kind, OPERATOR)  # type: ignore[arg-type]

    assert house.told()[-1][1] == [
        {"app": "app_removed", "passkeys": "passkey_removed"}.get(kind, "recovery_codes_removed")
    ]
    left = [offer.method for offer in house.rooms.factors.second_factors.offered(account)]
    assert left == [
        m for m in ("email", "app", "passkey", "recovery") if m != kind.removesuffix("s").removesuffix("-code")
    ]


def test_after_the_operator_the_owner_begins_anew(house: House) -> None:
    account = house.person()
    owner = house.browser()
    owner.sign_in()
    add_passkey(owner, SoftAuthenticator())
    assert house.rooms.signin.remove_authenticator.for_operator(account, "passkeys", OPERATOR)

    later = house.browser()
    session = later.sign_in()
    assert isinstance(later.rooms.signin.add_passkey.begin(session), PasskeyQuestion)
