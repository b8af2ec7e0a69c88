"""Attacks on the lockout (fact S11): more guesses than it allows, and what it tells about who has an account."""

from collections.abc import Callable

from idp.audit.trail import OPERATOR
from idp.signin.demand import Demand
from idp.signin.outcomes import Advanced, CodeWrong, Locked, RecoveryNeeded, Rejected
from tests.signin.house import EMPLOYEE_PASSWORD, House
from tests.signin.test_s7_temporary_password import mailed
from tests.signin.test_step_up import MFA, enrol, signed_in_with_app
from tests.signin.test_step_up_guesses import employee_with_app, wrong

DAY = 86_400


def test_a_temporary_password_opens_no_lock_that_its_own_wrong_codes_set(house: House) -> None:
    account = house.person()
    owner = house.browser()
    owner.sign_in()
    totp = enrol(owner)
    house.administer.send_temporary_password(account, OPERATOR)
    temporary = mailed(house)
    house.clock.advance(60)
    wrong = f"{(int(totp.at(house.clock.now() + 9_000)) + 1) % 1_000_000:06}"
    thief = house.browser_at_password()

    assert isinstance(thief.password(password=temporary), Advanced)
    assert [type(thief.app_code(wrong)) for _ in range(3)] == [CodeWrong, CodeWrong, Locked]
    for _ in range(3):
        thief.come()
        assert isinstance(thief.password(password=temporary), Locked)
        assert isinstance(thief.app_code(wrong), Advanced), "nobody is asked for a code"
        assert thief.next_path == "/sign-in"


def test_an_exhausted_user_id_is_opened_once_by_one_temporary_password(make_house: Callable[..., House]) -> None:
    house = make_house(lockout={"recovery_after_failures": 6})
    account = house.person()
    stranger = house.browser()
    for _ in range(2):
        stranger.come()
        stranger.wrong(3)
        house.clock.advance(1_800)
    stranger.come()
    assert isinstance(stranger.password(), RecoveryNeeded)
    house.administer.send_temporary_password(account, OPERATOR)
    temporary = mailed(house)
    house.clock.advance(60)

    assert isinstance(stranger.password(password=temporary), Advanced)
    stranger.send()
    wrong = f"{(int(house.newest_code()) + 1) % 1_000_000:06}"
    assert [type(stranger.code(wrong)) for _ in range(3)] == [CodeWrong, CodeWrong, Locked]
    stranger.come()
    assert isinstance(stranger.password(password=temporary), RecoveryNeeded)


def test_waiting_a_day_does_not_tell_who_has_an_account(house: House) -> None:
    house.person()
    outcomes = {}
    for user_id in ("paula@clinic.example", "nobody@clinic.example"):
        stranger = house.browser_at_password()
        assert stranger.wrong(2, user_id) == [Rejected(), Rejected()]
    house.clock.advance(DAY + 1)
    house.guards.sweep()
    for user_id in ("paula@clinic.example", "nobody@clinic.example"):
        stranger = house.browser_at_password()
        outcomes[user_id] = [type(outcome) for outcome in stranger.wrong(3, user_id)]

    assert outcomes["paula@clinic.example"] == outcomes["nobody@clinic.example"] == [Rejected, Rejected, Locked]


def test_old_attempts_still_count_towards_recovery(make_house: Callable[..., House]) -> None:
    house = make_house(lockout={"recovery_after_failures": 4})
    house.person()
    stranger = house.browser()
    for _ in range(2):
        stranger.come()
        stranger.wrong(2)
        house.clock.advance(DAY + 1)

    stranger.come()
    assert isinstance(stranger.password(), RecoveryNeeded)


def test_signing_in_by_mail_in_between_gives_no_new_guesses_at_the_app(house: House) -> None:
    _, totp = signed_in_with_app(house)
    outcomes = []
    for _ in range(3):
        house.clock.advance(60)
        thief = house.browser_at_password()
        assert isinstance(thief.password(), Advanced)
        outcomes.append(type(thief.app_code(wrong(house, totp))))
        if outcomes[-1] is CodeWrong:
            thief.send()
            assert isinstance(thief.code(house.newest_code()), Advanced), "the password and the mailbox still sign in"
    assert outcomes == [CodeWrong, CodeWrong, Locked]

    house.clock.advance(60)
    thief = house.browser()
    thief.sign_in()
    thief.come(MFA)
    assert isinstance(thief.app_code(totp.at(house.clock.now())), Locked), "nor does a step-up"


def test_a_lock_of_the_app_alone_says_so_and_leaves_the_code_by_mail(house: House) -> None:
    _, totp = signed_in_with_app(house)
    for _ in range(2):
        house.clock.advance(60)
        owner = house.browser_at_password()
        owner.password()
        assert isinstance(owner.app_code(wrong(house, totp)), CodeWrong)
        owner.send()
        owner.code(house.newest_code())
    house.clock.advance(60)
    owner = house.browser_at_password()
    owner.password()
    owner.send()
    mailed = house.newest_code()
    until = house.clock.now() + 30 * 60
    assert owner.app_code(wrong(house, totp)) == Locked(until, only_app=True)
    assert owner.app_code(totp.at(house.clock.now())) == Locked(until, only_app=True)
    assert isinstance(owner.code(mailed), Advanced), "the code that was sent before works too"
    told = [change for _, changes in house.told() for change in changes]
    assert "app_locked" in told
    assert "locked" not in told


def test_a_step_up_by_mail_gives_no_new_guesses_at_the_app(house: House) -> None:
    totp = employee_with_app(house)
    outcomes = []
    for _ in range(3):
        house.clock.advance(60)
        thief = house.browser()
        thief.come(Demand(client_id="client", acr="urn:mes:acr:passcode"))
        assert isinstance(thief.password("dana@dmas.virginia.gov", EMPLOYEE_PASSWORD), Advanced)
        outcomes.append(type(thief.app_code(wrong(house, totp))))
        if outcomes[-1] is CodeWrong:
            thief.send()
            assert isinstance(thief.code(house.newest_code()), Advanced)

    assert outcomes == [CodeWrong, CodeWrong, Locked]


def test_the_app_itself_ends_the_count_of_guesses_at_it(house: House) -> None:
    _, totp = signed_in_with_app(house)
    for _ in range(2):
        house.clock.advance(60)
        owner = house.browser_at_password()
        owner.password()
        assert isinstance(owner.app_code(wrong(house, totp)), CodeWrong)
        assert isinstance(owner.app_code(wrong(house, totp)), CodeWrong)
        assert isinstance(owner.app_code(totp.at(house.clock.now())), Advanced)


def test_the_help_desk_opens_an_app_that_was_guessed_at_too_often(make_house: Callable[..., House]) -> None:
    house = make_house(lockout={"recovery_after_failures": 3})
    browser, totp = signed_in_with_app(house)
    for _ in range(3):
        browser.come(MFA)
        browser.app_code(wrong(house, totp))
    house.clock.advance(1_800)
    browser = house.browser()
    account = house.accounts.by_user_id("paula@clinic.example")
    assert account is not None
    assert house.administer.unlock(account, OPERATOR)
    with house.database.transaction() as connection:
        house.guards.clear(connection, account.user_id)

    browser.sign_in()
    browser.come(MFA)
    assert isinstance(browser.app_code(totp.at(house.clock.now())), Advanced)
