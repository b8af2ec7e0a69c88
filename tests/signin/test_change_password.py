"""SECURITY P9: the present password and a fresh sign-in change the password; everything else that is open ends."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from idp.accounts.password_policy import Rule
from idp.signin.change_password import (
    Changed,
    ChangeOutcome,
    KeptElsewhere,
    PresentWrong,
    SamePassword,
    SessionOver,
)
from idp.signin.factor_changes import FRESH_SECONDS, FreshSignInNeeded
from idp.signin.outcomes import Advanced, Locked, PasswordRefused, Rejected
from tests.signin.house import PASSWORD, Browser, House
from tests.signin.test_parallel import at_once

PAULA = "paula@clinic.example"
NEW = "Walnut.Bridge.72"


def change(browser: Browser, present: str = PASSWORD, new: str = NEW) -> ChangeOutcome:
    session = browser.session
    assert session is not None
    outcome = browser.rooms.signin.own.change_password(
        session, present, new, device_cookie=browser.device, visitor=browser.visitor
    )
    if isinstance(outcome, Changed):
        browser.session_cookie = outcome.cookies.session
    return outcome


def signed_in(house: House) -> Browser:
    house.person()
    browser = house.browser()
    browser.sign_in()
    return browser


def test_the_new_password_works_and_the_old_one_does_not(house: House) -> None:
    browser = signed_in(house)
    assert isinstance(change(browser), Changed)
    house.clock.advance(2)
    assert house.browser_at_password().password() == Rejected()
    assert isinstance(house.browser_at_password().password(password=NEW), Advanced)
    assert house.told() == [(PAULA, ["password"])]


def test_a_proof_of_the_old_password_falls_with_it_even_within_one_second(house: House) -> None:
    owner = signed_in(house)
    thief = house.browser_at_password()
    assert isinstance(thief.password(), Advanced)
    thief.send()
    code = house.newest_code()

    assert isinstance(change(owner), Changed)

    assert isinstance(thief.code(code), Advanced)
    assert (thief.session, thief.next_path) == (None, "/sign-in")
    anew = house.browser_at_password()
    assert isinstance(anew.password(password=NEW), Advanced)
    assert anew.next_path == "/sign-in/verify", "the new password proves something in that second already"
    assert isinstance(change(owner, NEW, PASSWORD), Changed)
    assert anew.next_path == "/sign-in", "and of two changes within one second, each voids what was proven before it"


def test_other_sessions_end_and_this_one_goes_on_under_a_new_name(house: House) -> None:
    browser = signed_in(house)
    other = house.browser()
    house.clock.advance(60)
    other.sign_in()
    copied = browser.session_cookie
    before = browser.session
    change(browser)
    assert other.session is None
    assert browser.session is not None
    assert before is not None
    assert browser.session.sid == before.sid
    assert house.rooms.signin.sessions.load(copied) is None


def test_a_hijacked_session_without_the_present_password_is_counted_and_locked(house: House) -> None:
    thief = signed_in(house)
    thief.device = None
    outcomes = [change(thief, present="Wrong.Kettle.41") for _ in range(4)]
    assert outcomes[:2] == [PresentWrong(2), PresentWrong(1)]
    assert isinstance(outcomes[2], Locked)
    assert isinstance(outcomes[3], Locked)
    assert isinstance(change(thief), Locked), "the right one is not even looked at"
    assert house.events().count("account:password:rejected") == 3
    assert house.told() == [(PAULA, ["locked"])]


def test_of_many_guesses_at_once_three_are_verified(house: House) -> None:
    thief = signed_in(house)
    thief.device = None
    outcomes = at_once(lambda number: change(thief, present=f"Wrong.Kettle.{number}"), 14)
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"PresentWrong": 2, "Locked": 12}


def test_a_right_one_leaves_the_count_as_it_was(house: House) -> None:
    browser = signed_in(house)
    change(browser, present="Wrong.Kettle.41")
    change(browser, new="Maple.Copper.93")
    assert change(browser, present="Wrong.Kettle.41") == PresentWrong(1)


def test_an_old_sign_in_is_not_enough(house: House) -> None:
    browser = signed_in(house)
    house.clock.advance(FRESH_SECONDS // 2)
    assert browser.session is not None
    house.clock.advance(FRESH_SECONDS // 2)
    assert browser.session is not None
    assert browser.rooms.signin.own.change_password.needed(browser.session) is None
    house.clock.advance(1)
    assert isinstance(change(browser), FreshSignInNeeded)


def test_s8_the_rules_are_those_of_every_new_password(house: House) -> None:
    browser = signed_in(house)
    refused = change(browser, new="short")
    assert isinstance(refused, PasswordRefused)
    assert Rule.MIN_LENGTH in refused.rules
    assert change(browser, new="Paula.Reyes.2026") == PasswordRefused((Rule.NO_REFUSED_WORD,))
    assert change(browser, new=PASSWORD) == SamePassword()
    assert "account:password:rejected" not in house.events()


def test_employees_have_no_password_here(house: House) -> None:
    dana = house.employ()
    browser = house.browser_at_password()
    browser.password(dana, "Harbor.Candle.58")
    assert change(browser, "Harbor.Candle.58") == KeptElsewhere()


def test_of_two_changes_at_once_one_wins(house: House) -> None:
    first = signed_in(house)
    second = house.browser()
    house.clock.advance(60)
    second.sign_in()
    session_of = {0: first.session, 1: second.session}

    def act(number: int) -> ChangeOutcome:
        session = session_of[number % 2]
        assert session is not None
        new = ("Walnut.Bridge.72", "Maple.Copper.93")[number % 2]
        return house.rooms.signin.own.change_password(session, PASSWORD, new, device_cookie=None, visitor=first.visitor)

    with ThreadPoolExecutor(2) as pool:
        outcomes = Counter(type(outcome).__name__ for outcome in pool.map(act, range(2)))
    # Who came while the first was at it finds the session over; who came right after it, the password another one.
    assert outcomes in ({"Changed": 1, "SessionOver": 1}, {"Changed": 1, "PresentWrong": 1})


def test_a_session_that_was_ended_meanwhile_changes_nothing(house: House) -> None:
    browser = signed_in(house)
    session = browser.session
    assert session is not None
    browser.rooms.signin.sign_out(session, browser.visitor)
    changed = browser.rooms.signin.own.change_password(
        session, PASSWORD, NEW, device_cookie=browser.device, visitor=browser.visitor
    )
    assert changed == SessionOver()
    assert isinstance(house.browser_at_password().password(), Advanced)
