"""Whoever an address belongs to, the same work is done for it: hashes, statements and calls, counted and not timed (SECURITY T5).

What little is left (a row that is found is also read) is measured by `./dev bench timing`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import redis
from sqlalchemy import event

from idp.accounts.account_rows import AccountRows
from idp.accounts.passwords import PasswordHasher
from idp.audit.trail import OPERATOR
from idp.signin.outcomes import Locked, Rejected, ResetRequested
from idp.store import driver
from tests.captcha.solving import QUICK, solve
from tests.signin.house import Browser, House

KINDS = ("known", "unknown", "disabled", "employee", "locked")


Taken = tuple[int, tuple[str, ...], tuple[str, ...], int]


@dataclass
class Work:
    """What was done since it was last looked at."""

    hashes: int = 0
    statements: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    opened: int = 0
    """Rows of accounts; where none was found, what opening one costs."""

    def take(self) -> Taken:
        """Return it and begin anew."""
        taken = self.hashes, tuple(self.statements), tuple(self.calls), self.opened
        self.hashes, self.statements, self.calls, self.opened = 0, [], [], 0
        return taken


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    """A house without a directory, whose captcha costs nothing."""
    return make_house(captcha=QUICK)


@pytest.fixture
def work(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Watch what is done; nothing is done otherwise than before."""
    work = Work()
    verify, prepared, call = PasswordHasher._verify, driver.execute, redis.Redis.execute_command
    open_row = AccountRows.account

    def watched_row(rows: AccountRows, *args: Any) -> Any:
        work.opened += 1
        return open_row(rows, *args)

    def watched_verify(hasher: PasswordHasher, *args: Any) -> bool:
        work.hashes += 1
        return verify(hasher, *args)

    def watched_prepared(connection: Any, sql: str, values: Any = ()) -> Any:
        work.statements.append(sql)
        return prepared(connection, sql, values)

    def watched_call(client: Any, *args: Any, **options: Any) -> Any:
        work.calls.append(str(args[0]))
        return call(client, *args, **options)

    def note(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
        work.statements.append(sql)

    monkeypatch.setattr(PasswordHasher, "_verify", watched_verify)
    monkeypatch.setattr(AccountRows, "account", watched_row)
    monkeypatch.setattr(driver, "execute", watched_prepared)
    monkeypatch.setattr(redis.Redis, "execute_command", watched_call)
    event.listen(house.database.engine, "before_cursor_execute", note)
    yield work
    event.remove(house.database.engine, "before_cursor_execute", note)


@pytest.fixture
def browser(house: House) -> Browser:
    """A browser at sign-in, and somebody of every kind."""
    house.person("known@clinic.example")
    house.rooms.signin.disable_account(house.person("disabled@clinic.example"), OPERATOR)
    house.person("locked@clinic.example")
    browser = Browser(house, house.without_directory())
    browser.come()
    # What is only done once in a process, and not for whose address it is.
    browser.password("warm.up@clinic.example", "Wrong.Kettle.41")
    ask_for_reset(browser, "warm.up@clinic.example")
    return browser


def ask_for_reset(browser: Browser, user_id: str) -> None:
    solution = solve(browser.rooms.captcha.proof_of_work.challenge())
    outcome = browser.rooms.signin.request_reset(
        browser.interaction, user_id, solution=solution, ticket="", locale="en", visitor=browser.visitor
    )
    assert outcome == ResetRequested()


def address(kind: str) -> str:
    return f"{kind}@dmas.virginia.gov" if kind == "employee" else f"{kind}@clinic.example"


def test_each_attempt_of_one_kind_is_the_same_work_as_of_another(house: House, browser: Browser, work: Work) -> None:
    done: dict[str, list[Taken]] = {}
    until = house.clock.now() + house.settings.lockout.duration_seconds
    work.take()
    for kind in KINDS[:4]:
        done[kind] = []
        for outcome in (Rejected(), Rejected(), Locked(until), Locked(until)):
            assert browser.password(address(kind), "Wrong.Kettle.41") == outcome
            done[kind].append(work.take())
    for kind in KINDS[1:4]:
        assert done[kind] == done["known"], kind
    assert [hashes for hashes, *_ in done["known"]] == [1, 1, 1, 0]


def test_a_right_password_of_a_disabled_account_is_the_work_of_a_wrong_one(
    house: House, browser: Browser, work: Work
) -> None:
    work.take()
    browser.password("known@clinic.example", "Wrong.Kettle.41")
    wrong = work.take()
    assert browser.password("disabled@clinic.example") == Rejected()
    assert work.take() == wrong


def test_a_reset_is_the_same_work_for_everybody(house: House, browser: Browser, work: Work) -> None:
    browser.wrong(3, address("locked"))
    done = {}
    work.take()
    for kind in KINDS:
        ask_for_reset(browser, address(kind))
        done[kind] = work.take()
    assert len(set(done.values())) == 1, done
