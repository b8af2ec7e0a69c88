"""The captcha: each answer is good once, for its challenge, in time; a wait is a wait."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from idp.captcha.captcha import Captcha, Failed, Passed, TooSoon
from idp.sealing import RootSecrets
from idp.settings import Settings
from tests.captcha.solving import QUICK, solve
from tests.servers.stores import Stores

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=8,
)


@pytest.fixture
def captcha(stores: Stores, secrets: RootSecrets, make_settings: Callable[..., Settings]) -> Captcha:
    return Captcha.over(stores.ephemeral, stores.clock, secrets, make_settings(captcha=QUICK).captcha)


def changed(solution: str, change: Callable[[dict[str, Any]], object]) -> str:
    payload = json.loads(base64.b64decode(solution))
    change(payload)
    return base64.b64encode(json.dumps(payload).encode()).decode()


def test_a_solution_is_good_once(captcha: Captcha) -> None:
    solution = solve(captcha.proof_of_work.challenge())
    assert captcha.check(solution, "") == Passed(by_waiting=False)
    assert captcha.check(solution, "") == Failed()


def test_a_used_solution_is_not_made_new_by_writing_it_differently(captcha: Captcha) -> None:
    solution = solve(captcha.proof_of_work.challenge())
    assert captcha.check(solution, "") == Passed(by_waiting=False)
    assert (
        captcha.check(changed(solution, lambda payload: payload["solution"].update(time=1, counter=5)), "") == Failed()
    )
    assert captcha.check(solution + "\n", "") == Failed()


@pytest.mark.parametrize(("age", "expected"), [(1_799, Passed(by_waiting=False)), (1_800, Failed())])
def test_a_solution_is_good_for_half_an_hour_of_our_clock(
    captcha: Captcha, stores: Stores, age: int, expected: object
) -> None:
    solution = solve(captcha.proof_of_work.challenge())
    stores.clock.advance(age)
    assert captcha.check(solution, "") == expected


@pytest.mark.parametrize(
    "change",
    [
        lambda payload: payload["challenge"]["parameters"]["data"].update(until=2**40),
        lambda payload: payload["challenge"]["parameters"]["data"].update(generation=2),
        lambda payload: payload["challenge"]["parameters"]["data"].update(generation=True),
        lambda payload: payload["challenge"]["parameters"].pop("data"),
        lambda payload: payload["challenge"]["parameters"].update(keyPrefix="", cost=1),
        lambda payload: payload["challenge"]["parameters"].update(nonce="00" * 16),
        lambda payload: payload["challenge"].pop("signature"),
        lambda payload: payload["solution"].update(derivedKey="00" * 32),
        lambda payload: payload["solution"].update(derivedKey=7),
        lambda payload: payload.pop("solution"),
    ],
)
def test_nothing_in_it_can_be_changed(captcha: Captcha, change: Callable[[dict[str, Any]], object]) -> None:
    assert captcha.check(changed(solve(captcha.proof_of_work.challenge()), change), "") == Failed()


def test_a_challenge_of_another_provider_is_none_of_ours(
    captcha: Captcha, stores: Stores, make_settings: Callable[..., Settings]
) -> None:
    others = Captcha.over(
        stores.ephemeral, stores.clock, RootSecrets({1: b"x" * 32}), make_settings(captcha=QUICK).captcha
    )
    assert captcha.check(solve(others.proof_of_work.challenge()), "") == Failed()
    assert captcha.check("", others.waiting.give()) == Failed()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    payload=JSON
    | some.fixed_dictionaries({"challenge": some.fixed_dictionaries({"parameters": JSON}), "solution": JSON})
)
def test_anything_else_is_refused_and_nothing_breaks(captcha: Captcha, payload: object) -> None:
    encoded = base64.b64encode(json.dumps(payload).encode()).decode()
    assert captcha.check(encoded, "") == Failed()


@pytest.mark.parametrize("ticket", ["", "x", "1.1.ab.cd", f"{2**39}.1.{'0' * 32}.{'0' * 64}", "9" * 149])
def test_what_is_no_ticket_is_refused(captcha: Captcha, ticket: str) -> None:
    assert captcha.check("", ticket) == Failed()


def test_a_ticket_is_good_after_ten_seconds_and_once(captcha: Captcha, stores: Stores) -> None:
    ticket = captcha.waiting.give()
    stores.clock.advance(4)
    assert captcha.check("", ticket) == TooSoon(6)
    stores.clock.advance(6)
    assert captcha.check("", ticket) == Passed(by_waiting=True)
    assert captcha.check("", ticket) == Failed()


def test_a_ticket_runs_out_and_cannot_be_made_older(captcha: Captcha, stores: Stores) -> None:
    ticket = captcha.waiting.give()
    moment, rest = ticket.split(".", 1)
    assert captcha.check("", f"{int(moment) - 60}.{rest}") == Failed()
    stores.clock.advance(1_800)
    assert captcha.check("", ticket) == Failed()
