"""Step-up: an open session is raised by the factor that suffices, and nothing else is asked (SECURITY 2.2)."""

import pyotp
import pytest

from idp.signin.demand import Demand
from idp.signin.enrol_app import Enrolled, Enrolment, EnrolmentCodeWrong
from idp.signin.factor_changes import FreshSignInNeeded
from idp.signin.outcomes import Advanced, CodeMalformed, CodeWrong, Locked, NotOffered
from tests.signin.house import Browser, House

MFA = Demand(client_id="client", acr="urn:mes:acr:mfa")


def enrol(browser: Browser) -> pyotp.TOTP:
    """Set up an app in the browser's session and let its time step pass."""
    session = browser.session
    assert session is not None
    begun = browser.rooms.signin.enrol_app.begin(session)
    assert isinstance(begun, Enrolment)
    totp = pyotp.TOTP(begun.secret)
    done = browser.rooms.signin.enrol_app.confirm(session, totp.at(browser.house.clock.now()), browser.visitor)
    assert isinstance(done, Enrolled)
    browser.session_cookie = done.cookies.session
    browser.house.clock.advance(60)
    return totp


def signed_in_with_app(house: House) -> tuple[Browser, pyotp.TOTP]:
    """Return a browser at passcode level whose owner has an app."""
    house.person()
    first = house.browser()
    first.sign_in()
    totp = enrol(first)
    browser = house.browser()
    browser.sign_in()
    return browser, totp


def test_without_an_app_the_step_says_so_by_offering_nothing(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()

    assert browser.come(MFA) == "/sign-in/step-up"
    assert browser.rooms.signin.flow.offers(browser.interaction, browser.session) == []
    assert browser.send() == NotOffered()
    assert browser.app_code("123456") == NotOffered()


def test_setting_up_an_app_raises_the_session_and_goes_on(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()
    browser.come(MFA)
    old_cookie, session = browser.session_cookie, browser.session
    assert session is not None
    enrol(browser)

    raised = browser.session
    assert raised is not None
    assert (raised.sid, raised.acr, raised.amr) == (session.sid, "urn:mes:acr:mfa", ("pwd", "otp", "mfa"))
    assert house.rooms.signin.sessions.load(old_cookie) is None
    assert browser.next_path == "/authorize/resume"
    assert house.posted()[0]["name"] == "gather_notices"


def test_the_app_alone_is_asked_and_keeps_the_time_of_sign_in(house: House) -> None:
    browser, totp = signed_in_with_app(house)
    before = browser.session
    assert before is not None
    house.clock.advance(60)
    assert browser.come(MFA) == "/sign-in/step-up"
    assert [offer.method for offer in browser.rooms.signin.flow.offers(browser.interaction, before)] == ["app"]

    outcome = browser.app_code(totp.at(house.clock.now()))

    assert isinstance(outcome, Advanced)
    assert outcome.next_path.startswith("/authorize/resume")
    after = browser.session
    assert after is not None
    assert (after.sid, after.auth_time, after.expires_at) == (before.sid, before.auth_time, before.expires_at)
    assert (after.acr, after.amr) == ("urn:mes:acr:mfa", ("pwd", "otp", "mfa"))


def test_a_time_step_works_once(house: House) -> None:
    browser, totp = signed_in_with_app(house)
    code = totp.at(house.clock.now())
    browser.come(MFA)
    assert isinstance(browser.app_code(code), Advanced)
    other = house.browser()
    other.sign_in()
    other.come(MFA)

    assert isinstance(other.app_code(code), CodeWrong)


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_neighbouring_time_steps_are_accepted(house: House, steps: int, accepted: bool) -> None:
    browser, totp = signed_in_with_app(house)
    house.clock.advance(120)
    browser.come(MFA)

    outcome = browser.app_code(totp.at(house.clock.now() + steps * 30))

    assert isinstance(outcome, Advanced if accepted else CodeWrong)


def test_an_app_signs_in_at_once_at_the_higher_level(house: House) -> None:
    _, totp = signed_in_with_app(house)
    browser = house.browser_at_password()
    browser.password()
    assert [offer.method for offer in browser.rooms.signin.flow.offers(browser.interaction, None)] == ["email", "app"]

    browser.app_code(totp.at(house.clock.now()))

    assert browser.session is not None
    assert (browser.session.acr, browser.session.amr) == ("urn:mes:acr:mfa", ("pwd", "otp", "mfa"))


def test_wrong_app_codes_lock_like_all_others(house: House) -> None:
    browser, totp = signed_in_with_app(house)
    stranger = house.browser_at_password()
    stranger.password()
    wrong = f"{(int(totp.at(house.clock.now() + 9_000)) + 1) % 1_000_000:06}"

    assert stranger.app_code("12345") == CodeMalformed()
    assert [type(stranger.app_code(wrong)) for _ in range(3)] == [CodeWrong, CodeWrong, Locked]
    assert browser.session is not None, "a lock ends no session (SECURITY 2.3)"


def test_factors_change_only_after_a_fresh_sign_in(house: House, browser: Browser) -> None:
    house.person()
    session = browser.sign_in()
    begun = browser.rooms.signin.enrol_app.begin(session)
    assert isinstance(begun, Enrolment)
    assert browser.rooms.signin.enrol_app.begin(session) == begun, "a reload shows the same secret"
    assert begun.uri.startswith("otpauth://totp/MES:paula%40clinic.example?")
    code = pyotp.TOTP(begun.secret).at(house.clock.now() + 600)
    assert browser.rooms.signin.enrol_app.confirm(session, code, browser.visitor) == EnrolmentCodeWrong()

    house.clock.advance(1_201)

    assert browser.rooms.signin.enrol_app.begin(session) == FreshSignInNeeded()
    assert browser.rooms.signin.enrol_app.confirm(session, "000000", browser.visitor) == FreshSignInNeeded()


def test_the_secret_is_sealed_in_the_database(house: House, browser: Browser) -> None:
    from sqlalchemy import select

    from idp.authenticators.model import authenticator_apps

    house.person()
    session = browser.sign_in()
    begun = browser.rooms.signin.enrol_app.begin(session)
    assert isinstance(begun, Enrolment)
    with house.database.reading() as connection:
        sealed = connection.execute(select(authenticator_apps.c.sealed_secret)).scalar_one()

    assert begun.secret.encode() not in sealed


def test_refusing_takes_the_error_back_to_the_client(house: House, browser: Browser) -> None:
    house.person()
    browser.sign_in()
    browser.come(MFA)

    path = browser.rooms.signin.flow.refuse(browser.interaction)

    assert path == f"/authorize/resume?interaction={browser.interaction_id}"
    assert browser.interaction.error == "access_denied"
    assert browser.next_path == "/authorize/resume"
