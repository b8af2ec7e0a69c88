"""A support code can be read out over the telephone, and finds the request whose page showed it."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from idp.audit.events import Event
from idp.audit.support_code import ALPHABET, request_id_prefix, support_code
from idp.audit.trail import Trail, Visitor
from tests.servers.clock import HandClock
from tests.servers.stores import Stores

REQUEST = "3f2a9c01d4e5b6a7"
OTHER = "3f2a8c01d4e5b6a7"


def test_it_reads_like_this() -> None:
    assert support_code(REQUEST) == "MES-7WN9"


@given(st.integers(0, 2**64 - 1))
def test_every_request_has_a_code_that_leads_back(number: int) -> None:
    request_id = f"{number:016x}"
    code = support_code(request_id)
    assert len(code) == 8
    assert set(code.removeprefix("MES-")) <= set(ALPHABET)
    prefix = request_id_prefix(code)
    assert prefix is not None
    assert request_id.startswith(prefix)


@pytest.mark.parametrize("heard", ["mes-7wn9", "MES7WN9", " 7WN9 ", "7wn9", "MES 7WN9"])
def test_it_is_found_as_people_write_it(heard: str) -> None:
    assert request_id_prefix(heard) == REQUEST[:5]


def test_a_letter_that_looks_like_a_digit_is_that_digit() -> None:
    assert request_id_prefix("MES-OIL7") == request_id_prefix("MES-0117")


@pytest.mark.parametrize("wrong", ["", "MES-", "MES-7WN", "MES-7WN99", "MES-7W*9", "MES-7WUN", "7WN9-MES"])
def test_what_is_no_code_finds_nothing(wrong: str) -> None:
    assert request_id_prefix(wrong) is None


@pytest.mark.parametrize("no_id", ["", "r1", "3f2", "not hexadecimal"])
def test_what_is_no_request_has_no_code(no_id: str) -> None:
    assert support_code(no_id) == ""


@pytest.fixture
def record(stores: Stores, clock: HandClock) -> Callable[[Event, str], None]:
    """Put an event of a request on record."""
    trail = Trail(stores.database, clock)

    def one(event: Event, request_id: str) -> None:
        with stores.database.transaction() as connection:
            trail.record(connection, event, Visitor(request_id=request_id))

    return one


def test_it_finds_all_events_of_its_request_and_no_other(
    stores: Stores, clock: HandClock, record: Callable[[Event, str], None]
) -> None:
    record(Event.ACCOUNT_LOCKED, REQUEST)
    record(Event.SIGN_IN_REJECTED, OTHER)
    record(Event.DEAD_END_SHOWN, REQUEST)
    record(Event.DEAD_END_SHOWN, OTHER)
    found = Trail(stores.database, clock).of_request("3f2a9")
    assert [(entry.event, entry.request_id) for entry in found] == [
        (Event.DEAD_END_SHOWN, REQUEST),
        (Event.ACCOUNT_LOCKED, REQUEST),
    ]


def test_two_requests_with_one_code_are_both_found_the_newest_first(
    stores: Stores, clock: HandClock, record: Callable[[Event, str], None]
) -> None:
    for request_id in ("3f2a9fffffffffff", "3f2a90000000000f"):
        record(Event.DEAD_END_SHOWN, request_id)
    found = Trail(stores.database, clock).of_request("3f2a9")
    assert [entry.request_id for entry in found] == ["3f2a90000000000f", "3f2a9fffffffffff"]
    assert len(Trail(stores.database, clock).of_request("3f2a9", most=1)) == 1


def test_a_request_without_a_dead_end_has_shown_nobody_its_code(
    stores: Stores, clock: HandClock, record: Callable[[Event, str], None]
) -> None:
    record(Event.ACCOUNT_LOCKED, REQUEST)
    assert Trail(stores.database, clock).of_request("3f2a9") == []


def test_the_index_of_dead_ends_answers(stores: Stores, record: Callable[[Event, str], None]) -> None:
    query = "SELECT id FROM audit_events WHERE event = 'page:dead_end:shown' AND request_id >= '3f2a9' AND request_id < '3f2a9g'"
    with stores.database.transaction() as connection:
        if stores.database.is_postgresql:
            # The table is too small here for an index to pay.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = connection.execute(text(f"EXPLAIN {'' if stores.database.is_postgresql else 'QUERY PLAN '}{query}"))
        assert "ix_audit_events_dead_ends" in str(plan.all())
