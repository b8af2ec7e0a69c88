"""Many decisions at once: one account, two mails, one grant; of approve and deny one wins and the other is told."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from idp.audit.trail import OPERATOR
from idp.house import build
from idp.onboarding.confirm import AnotherIsOpen, Confirmed
from idp.settings import Settings
from idp.store.database import StoreUnavailable
from tests.onboarding.house import VISITOR, Onboarding
from tests.servers.clock import HandClock
from tests.store.processes import in_processes

T = TypeVar("T")
CROWD = 20
PROCESSES = 2
TRIES = 10
"""On a loaded machine the last of a crowd can wait longer for the row than a statement may."""


def until_told(act: Callable[[], T]) -> T:
    """Return what an act comes to: who is told that the store is busy tries again, as the page asks people to."""
    for _ in range(TRIES - 1):
        try:
            return act()
        except StoreUnavailable:
            continue
    return act()


def at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Begin all acts at the same moment; who is told that the store is busy tries again, as the page asks people to."""
    barrier = Barrier(len(acts))

    def act(one: Callable[[], T]) -> T:
        barrier.wait()
        return until_told(one)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def one_account_two_mails_one_grant(onboarding: Onboarding) -> None:
    """What is left after however many approvals of MMIS."""
    account = onboarding.account()
    assert Counter(onboarding.mails()) == {"confirm_access_request": 1, "user_id": 1, "temporary_password": 1}
    assert [access.module for access in onboarding.rooms.modules.catalogue.accesses(account.id)] == ["mmis"]
    for event in ("account:created", "account:module:granted", "access_request:approved"):
        assert len(onboarding.rooms.trail.newest(event=event, about=account.sub)) == 1, event


def test_20_approvals_at_once_are_one(onboarding: Onboarding) -> None:
    request = onboarding.ask_and_confirm()
    people = [onboarding.person(f"vera{number}@dmas.example", approves=["mmis"]) for number in range(CROWD)]
    approve = onboarding.rooms.onboarding.approve
    outcomes = at_once(
        [
            lambda by=by: approve(request.request_id, "mmis", role="provider", by=by, visitor=VISITOR)  # type: ignore[misc]
            for by in people
        ]
    )
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Approved": 1, "DecidedAlready": CROWD - 1}
    one_account_two_mails_one_grant(onboarding)


def approve_often(settings: Settings, now: int, request_id: str) -> list[str]:
    """Run in a process of its own: approve one request many times at once, return what came of each try."""
    house = build(settings, clock=HandClock(now))
    approve = house.onboarding.approve
    outcomes = at_once(
        [lambda: approve(request_id, "mmis", role="provider", by=None, visitor=OPERATOR)] * (CROWD // PROCESSES)
    )
    house.close()
    return [type(outcome).__name__ for outcome in outcomes]


def test_20_approvals_from_two_processes_are_one(onboarding: Onboarding) -> None:
    request, settings = onboarding.ask_and_confirm(), onboarding.rooms.settings
    told = in_processes(PROCESSES, approve_often, settings, onboarding.clock.now(), request.request_id)
    assert Counter(name for names in told for name in names) == {"Approved": 1, "DecidedAlready": CROWD - 1}
    one_account_two_mails_one_grant(onboarding)


def test_two_modules_at_once_make_one_account(onboarding: Onboarding) -> None:
    request = onboarding.ask_and_confirm()
    approve = onboarding.rooms.onboarding.approve
    outcomes = at_once(
        [
            lambda: approve(request.request_id, "mmis", role="provider", by=None, visitor=OPERATOR),
            lambda: approve(request.request_id, "appeals", by=None, visitor=OPERATOR),
        ]
    )
    assert sorted(outcome.is_new for outcome in outcomes) == [False, True]  # type: ignore[union-attr]
    assert Counter(onboarding.mails())["access_granted"] == 1
    assert onboarding.again(request).state == "closed"


def test_of_approve_and_deny_at_once_one_wins(onboarding: Onboarding) -> None:
    rooms = onboarding.rooms.onboarding
    for number in range(6):
        email = f"ana{number}@clinic.example"
        request_id = onboarding.ask_and_confirm(email=email, modules=("mmis",)).request_id
        acts: list[Callable[[], object]] = [
            lambda: rooms.approve(request_id, "mmis", role="provider", by=None, visitor=OPERATOR),  # noqa: B023
            lambda: rooms.deny(request_id, "mmis", reason="No.", by=None, visitor=OPERATOR),  # noqa: B023
        ] * 5
        outcomes = Counter(type(outcome).__name__ for outcome in at_once(acts))
        assert outcomes["DecidedAlready"] == 9
        was_approved = outcomes["Approved"] == 1
        assert (onboarding.rooms.people.accounts.by_user_id(email) is not None) == was_approved
        denials = [mail for mail in onboarding.named("access_denied") if mail["to"] == email]
        assert len(denials) == (0 if was_approved else 1)


def test_of_two_requests_confirmed_at_once_one_is_open(onboarding: Onboarding) -> None:
    tokens = []
    for _ in range(2):
        onboarding.ask()
        tokens.append(onboarding.token())
    confirm = onboarding.rooms.onboarding.confirm.confirm
    outcomes = at_once([lambda token=token: confirm(token, VISITOR) for token in tokens])  # type: ignore[misc]
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [AnotherIsOpen.__name__, Confirmed.__name__]
    assert len(onboarding.rooms.onboarding.queue.newest(state="open")) == 1


def test_of_many_requests_at_once_three_are_mailed(onboarding: Onboarding) -> None:
    rooms = onboarding.rooms
    limit = rooms.onboarding.jobs.take_request.limit

    def take() -> bool:
        with rooms.database.transaction() as connection:
            return limit.take(connection, "x" * 43, "confirm", 3)

    assert sum(at_once([take] * CROWD)) == 3
