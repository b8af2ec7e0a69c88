"""SECURITY R5: the owner says "this was not me", and whoever is in the account is out, with every way back closed."""

from collections import Counter
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.accounts.notices import Change, Unusable
from idp.authenticators.added_since import TakenAway
from idp.authenticators.passkeys import NewPasskey
from idp.signin.disavow import Closed
from idp.signin.outcomes import Advanced, Locked, Rejected, ResetRequested
from tests.captcha.solving import QUICK, solve
from tests.signin.house import PASSWORD, Browser, House
from tests.signin.test_notices import mails, tell
from tests.signin.test_parallel import at_once
from tests.signin.test_step_up import enrol

PAULA = "paula@clinic.example"
NEW = "Walnut.Bridge.72"


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    return make_house(captcha=QUICK)


def newest_token(house: House) -> str:
    house.told()
    return parse_qs(urlsplit(mails(house)[-1]["not_me_url"]).query)["token"][0]


def taken_over(house: House) -> tuple[Browser, Browser, str]:
    """Return the owner's browser, the one of somebody who knows password and mailbox, and the token of the notice."""
    house.person()
    owner, thief = house.browser(), house.browser()
    owner.sign_in()
    house.clock.advance(600)
    thief.sign_in()
    return owner, thief, newest_token(house)


def press(house: House, token: str) -> Closed | Unusable:
    return house.rooms.signin.own.disavow(token, house.browser().visitor)


def test_everything_ends_and_the_password_opens_nothing(house: House) -> None:
    owner, thief, token = taken_over(house)
    assert isinstance(press(house, token), Closed)
    assert (owner.session, thief.session) == (None, None)
    house.clock.advance(2)
    for browser in (owner, thief):
        browser.come()
        assert browser.password() == Rejected()
    assert "account:notice:disavowed" in house.events()


def test_a_reset_is_the_way_back(house: House) -> None:
    owner, _, token = taken_over(house)
    press(house, token)
    house.clock.advance(60)
    request = house.rooms.signin.request_reset
    solution = solve(house.rooms.captcha.proof_of_work.challenge())
    assert request(None, PAULA, solution=solution, ticket="", locale="en", visitor=owner.visitor) == ResetRequested()
    house.rooms.worker.run_once()
    temporary = next(m for m in house.waiting_mail() if m["name"] == "temporary_password")["fields"]
    owner.come()
    assert isinstance(owner.password(password=temporary["temporary_password"]), Advanced)
    owner.send()
    assert isinstance(owner.code(house.newest_code()), Advanced)
    assert isinstance(owner.new_password(NEW), Advanced)
    assert owner.session is not None


def test_a_temporary_password_from_before_opens_nothing(house: House) -> None:
    owner, _, token = taken_over(house)
    account = house.accounts.by_user_id(PAULA)
    assert account is not None
    house.administer.send_temporary_password(account, owner.visitor)
    mail = next(m for m in house.waiting_mail() if m["name"] == "temporary_password")
    press(house, token)
    house.clock.advance(2)
    owner.come()
    assert not isinstance(owner.password(password=mail["fields"]["temporary_password"]), Advanced)


def test_known_browsers_are_forgotten(house: House) -> None:
    owner, thief, token = taken_over(house)
    press(house, token)
    house.clock.advance(2)
    house.browser_at_password().wrong(3)
    for browser in (owner, thief):
        browser.come()
        assert isinstance(browser.password(), Locked)


def test_a_code_on_its_way_and_a_password_just_typed_open_nothing(house: House) -> None:
    _, _, token = taken_over(house)
    half_way = house.browser_at_password()
    assert isinstance(half_way.password(), Advanced)
    house.clock.advance(60)
    half_way.send()
    code = house.newest_code()
    just_typed = house.browser_at_password()
    assert isinstance(just_typed.password(), Advanced)
    press(house, token)
    half_way.code(code)
    assert half_way.session is None
    for browser in (half_way, just_typed):
        assert browser.next_path == "/sign-in"


def test_a_new_password_that_is_being_set_at_that_moment_is_not_set(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, token = taken_over(house)
    account = house.accounts.by_user_id(PAULA)
    assert account is not None
    with house.database.transaction() as connection:
        house.accounts.passwords.demand_new(connection, account.id)
    thief = house.browser_at_password()
    thief.password()
    house.clock.advance(60)
    thief.send()
    thief.code(house.newest_code())
    assert thief.next_path == "/sign-in/new-password"
    hashing = house.hasher.hash

    def hash_slowly(password: str) -> str:
        assert isinstance(press(house, token), Closed)
        return hashing(password)

    monkeypatch.setattr(house.hasher, "hash", hash_slowly)
    thief.new_password(NEW)
    assert thief.session is None
    found = house.accounts.credentials(PAULA)
    assert found is not None
    assert found.password_hash is None


def test_what_was_added_since_is_taken_away_and_what_was_there_stays(house: House) -> None:
    account = house.person()
    owner = house.browser()
    owner.sign_in()
    enrol(owner)
    house.clock.advance(600)
    assert house.told() == [(PAULA, ["app_added"])]
    tell(house, account, Change.PASSWORD)
    closed = press(house, newest_token(house))
    assert isinstance(closed, Closed)
    assert (closed.taken_away.app, closed.taken_away.app_stays) == (False, True)


def test_an_app_of_the_thief_is_taken_away(house: House) -> None:
    _, thief, token = taken_over(house)
    enrol(thief)
    closed = press(house, token)
    assert isinstance(closed, Closed)
    assert (closed.taken_away.app, closed.taken_away.app_stays) == (True, False)


def test_passkeys_and_recovery_codes_go_by_their_age(house: House) -> None:
    account, factors = house.person(), house.rooms.factors

    def add(credential_id: bytes) -> None:
        new = NewPasskey(credential_id, b"key", 0, is_synced=False, verifies_user=True, transports=())
        with house.database.transaction() as connection:
            factors.passkeys.add(connection, account.id, new, "Key")
            factors.recovery_codes.keep(
                connection, account.id, factors.recovery_codes.make(connection, account.id).batch
            )

    add(b"of the owner")
    house.clock.advance(600)
    tell(house, account, Change.PASSWORD)
    house.clock.advance(60)
    add(b"of the thief")
    closed = press(house, newest_token(house))
    assert isinstance(closed, Closed)
    assert closed.taken_away == TakenAway(app=False, passkeys=1, recovery_codes=True, app_stays=False, passkeys_stay=1)
    with house.database.reading() as connection:
        assert [key.credential_id for key in factors.passkeys.of(connection, account.id)] == [b"of the owner"]
        assert factors.recovery_codes.left(connection, account.id) == 0


def test_the_notice_of_the_app_itself_takes_it_away(house: House) -> None:
    house.person()
    thief = house.browser()
    thief.sign_in()
    enrol(thief)
    closed = press(house, newest_token(house))
    assert isinstance(closed, Closed)
    assert closed.taken_away.app


def test_of_many_presses_at_once_one_closes(house: House) -> None:
    _, _, token = taken_over(house)
    outcomes = at_once(lambda _: press(house, token), 14)
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Closed": 1, "Unusable": 13}
    assert house.events().count("account:notice:disavowed") == 1
    assert [changes for _, changes in house.told()].count(["not_me"]) == 1


def test_looking_uses_nothing_up(house: House) -> None:
    _, thief, token = taken_over(house)
    assert [house.rooms.signin.own.disavow.look(token) for _ in range(3)] == [None] * 3
    assert thief.session is not None
    assert isinstance(press(house, token), Closed)
    assert house.rooms.signin.own.disavow.look(token) == Unusable("used")
    assert press(house, token) == Unusable("used")


def test_it_works_for_seven_days_and_nothing_unknown_works(house: House) -> None:
    _, _, token = taken_over(house)
    assert press(house, "x" * 43) == Unusable("gone")
    assert press(house, "\ud800") == Unusable("gone")
    house.clock.advance(7 * 86_400 + 1)
    assert press(house, token) == Unusable("gone")


def test_where_the_address_itself_was_changed_the_account_is_shut(house: House) -> None:
    account = house.person()
    tell(house, account, Change.EMAIL, also_mail="old@clinic.example")
    closed = press(house, newest_token(house))
    assert isinstance(closed, Closed)
    assert closed.is_shut
    shut = house.accounts.by_id(account.id)
    assert shut is not None
    assert shut.disabled_at is not None


def test_an_employee_is_told_that_dmas_keeps_the_password(house: House) -> None:
    dana = house.employ()
    browsers = [house.browser_at_password() for _ in range(2)]
    for browser in browsers:
        assert isinstance(browser.password(dana, "Harbor.Candle.58"), Advanced)
    closed = press(house, newest_token(house))
    assert isinstance(closed, Closed)
    assert closed.is_employee
    assert [browser.session for browser in browsers] == [None, None]


def test_the_owner_is_told_and_the_old_password_hash_is_gone(house: House) -> None:
    _, _, token = taken_over(house)
    press(house, token)
    found = house.accounts.credentials(PAULA)
    assert found is not None
    assert found.password_hash is None
    assert house.told()[-1] == (PAULA, ["not_me"])
    assert PASSWORD not in str(mails(house))
