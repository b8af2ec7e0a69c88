"""Many at once: what is counted is counted before it is verified, and what works once works once (SECURITY 2.4)."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TypeVar

from idp.accounts.guard import LockedOut, Reserved
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced, CodeOutcome, CodeSpent, CodeWrong, Locked, PasswordOutcome, Rejected
from idp.signin.visit import Visit
from tests.signin.house import Browser, House

MANY = 100
THREADS = 14
"""As many as have a connection each."""
T = TypeVar("T")


def at_once(act: Callable[[int], T], times: int = MANY) -> list[T]:
    together = Barrier(THREADS)

    def run(number: int) -> T:
        if number < THREADS:
            together.wait(60)
        return act(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(times)))


def kinds(outcomes: Sequence[object]) -> Counter[str]:
    return Counter(type(outcome).__name__ for outcome in outcomes)


def test_of_100_reservations_three_may_verify(house: House) -> None:
    outcomes = at_once(lambda _: house.guards.reserve("paula@clinic.example", None, has_account=True))

    assert sum(isinstance(outcome, Reserved) for outcome in outcomes) == 3
    assert sum(isinstance(outcome, LockedOut) for outcome in outcomes) == MANY - 3


def test_of_100_wrong_passwords_three_are_verified(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    interaction = browser.interaction

    def guess(number: int) -> PasswordOutcome:
        return browser.rooms.signin.check_password(
            interaction, Visit(None, None, browser.visitor), "paula@clinic.example", f"Wrong.Kettle.{number}"
        )

    outcomes = at_once(guess)

    assert kinds(outcomes) == {"Rejected": 2, "Locked": MANY - 2}
    assert house.events().count("account:sign_in:rejected") == 3
    assert Rejected() in outcomes
    assert isinstance(browser.password(), Locked)


def guess_codes(browser: Browser, codes: Sequence[str]) -> list[CodeOutcome]:
    interaction: Interaction = browser.interaction

    def guess(number: int) -> CodeOutcome:
        return browser.rooms.signin.check_passcode(interaction, Visit(None, None, browser.visitor), codes[number])

    return at_once(guess, len(codes))


def live_sessions(house: House) -> int:
    account = house.accounts.by_user_id("paula@clinic.example")
    assert account is not None
    with house.database.reading() as connection:
        return len(house.rooms.signin.sessions.live(connection, account.id))


def test_of_100_wrong_codes_three_at_most_are_checked(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.password()
    browser.send()
    right = int(house.newest_code())

    outcomes = guess_codes(browser, [f"{(right + 1 + number) % 1_000_000:06}" for number in range(MANY)])

    # The attempt that locks ends the code, so another of the three may find it spent before it was looked at.
    assert 1 <= house.events().count("account:passcode:rejected") <= 3
    assert sum(isinstance(outcome, CodeWrong) for outcome in outcomes) <= 2
    assert any(isinstance(outcome, Locked) for outcome in outcomes)
    assert live_sessions(house) == 0


def test_of_100_right_codes_one_opens_a_session(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.password()
    browser.send()

    outcomes = guess_codes(browser, [house.newest_code()] * MANY)

    # Whoever comes after the interaction was saved as signed in is led on without a check.
    won = [outcome for outcome in outcomes if isinstance(outcome, Advanced) and outcome.cookies.session is not None]
    assert len(won) == 1
    assert live_sessions(house) == 1
    assert house.events().count("session:started") == 1
    assert house.events().count("account:passcode:accepted") == 1


def test_of_right_and_wrong_codes_mixed_at_most_one_opens_a_session(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    browser.password()
    browser.send()
    right = house.newest_code()
    wrong = f"{(int(right) + 1) % 1_000_000:06}"

    outcomes = guess_codes(browser, [right if number % 5 == 4 else wrong for number in range(MANY)])

    assert live_sessions(house) <= 1
    # A session that opens sets the count to nought, so up to twice three may fail.
    assert sum(isinstance(outcome, CodeWrong) for outcome in outcomes) <= 5
    assert {type(outcome) for outcome in outcomes} <= {Advanced, CodeWrong, CodeSpent, Locked}


def test_of_many_who_finish_an_interaction_one_wins(house: House, browser: Browser) -> None:
    browser.come()
    interaction = browser.interaction

    assert sum(at_once(lambda _: browser.rooms.signin.flow.finish(replace(interaction)))) == 1


def test_of_many_right_passwords_none_uses_up_attempts(house: House, browser: Browser) -> None:
    house.person()
    browser.come()
    for _ in range(10):
        assert isinstance(browser.password(), Advanced)
        browser.come()

    assert browser.wrong(2) == [Rejected(), Rejected()]
