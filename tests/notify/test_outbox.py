"""The outbox and its workers: with the cause, once, in time or not at all (SECURITY 4.6)."""

import logging
from typing import Any

import pytest
from sqlalchemy import select, update

from idp.notify.claims import CLAIM_SECONDS, KEEP_SETTLED_SECONDS, Claims
from idp.notify.delivery import DeliveryFailed, DeliveryRefused, Payload
from idp.notify.messages import PasscodeMail
from idp.notify.model import outbox as outbox_table
from idp.notify.outbox import Outbox
from idp.notify.worker import WAITS_SECONDS, Worker
from tests.notify.kept import Kept
from tests.servers.clock import HandClock
from tests.servers.stores import Stores

TO = "ana@example.org"
MAIL = PasscodeMail(given_name="Ana", code="123456", expires_minutes=40)


def post(stores: Stores, outbox: Outbox, *, seconds: int = 2_400) -> str:
    with stores.database.transaction() as connection:
        return outbox.enqueue(connection, MAIL, TO, expires_at=outbox.clock.now() + seconds)


def row(stores: Stores, message_id: str) -> Any:
    with stores.database.reading() as connection:
        return connection.execute(select(outbox_table).where(outbox_table.c.message_id == message_id)).one()


def test_a_message_is_delivered_with_its_fields_and_then_wiped(stores: Stores, outbox: Outbox, kept: Kept) -> None:
    message_id = post(stores, outbox)
    assert Worker(stores.database, outbox, {"mail": kept}).run_once() == 1
    fields = {"given_name": "Ana", "code": "123456", "expires_minutes": 40}
    assert kept.deliveries == [(message_id, Payload(name="passcode", to=TO, locale=None, fields=fields))]
    settled = row(stores, message_id)
    assert (settled.outcome, settled.sealed_payload, settled.attempts) == ("sent", None, 1)
    assert settled.settled_at == outbox.clock.now()
    assert Worker(stores.database, outbox, {"mail": kept}).run_once() == 0


def test_a_message_is_rolled_back_with_its_cause(stores: Stores, outbox: Outbox, kept: Kept) -> None:
    def cause() -> None:
        with stores.database.transaction() as connection:
            outbox.enqueue(connection, MAIL, TO)
            raise KeyError

    with pytest.raises(KeyError):
        cause()
    assert Worker(stores.database, outbox, {"mail": kept}).run_once() == 0


def test_neither_destination_nor_code_can_be_read_in_the_database(stores: Stores, outbox: Outbox) -> None:
    stored = row(stores, post(stores, outbox))
    assert TO not in str(stored)
    assert b"123456" not in stored.sealed_payload
    assert "123456" not in repr(outbox.newest(stores.database))


def test_a_failed_attempt_is_made_again_later_with_the_same_id(
    stores: Stores, outbox: Outbox, kept: Kept, clock: HandClock
) -> None:
    message_id = post(stores, outbox, seconds=86_400)
    worker = Worker(stores.database, outbox, {"mail": kept})
    kept.faults = [DeliveryFailed("421 from the mail server") for _ in WAITS_SECONDS]
    for wait in WAITS_SECONDS:
        began = clock.now()
        assert worker.run_once() == 0
        waiting = row(stores, message_id)
        assert wait <= waiting.next_attempt_at - began <= wait * 1.2 + 1
        assert waiting.last_error == "421 from the mail server"
        clock.set(waiting.next_attempt_at - 1)
        worker.run_once()
        assert kept.deliveries == []
        clock.advance(1)
    assert worker.run_once() == 1
    assert kept.ids == [message_id]


def test_an_expired_message_is_never_sent(stores: Stores, outbox: Outbox, kept: Kept, clock: HandClock) -> None:
    message_id = post(stores, outbox, seconds=2_400)
    clock.advance(2_400)
    assert Worker(stores.database, outbox, {"mail": kept}).run_once() == 0
    assert kept.deliveries == []
    settled = row(stores, message_id)
    assert (settled.outcome, settled.sealed_payload) == ("expired", None)


def test_the_last_attempt_comes_no_later_than_the_expiry(
    stores: Stores, outbox: Outbox, kept: Kept, clock: HandClock
) -> None:
    message_id = post(stores, outbox, seconds=3)
    kept.faults = [DeliveryFailed("away")]
    worker = Worker(stores.database, outbox, {"mail": kept})
    worker.run_once()
    assert row(stores, message_id).next_attempt_at == clock.now() + 3
    clock.advance(3)
    worker.run_once()
    assert row(stores, message_id).outcome == "expired"


def test_what_runs_out_soon_is_tried_sooner(stores: Stores, outbox: Outbox, kept: Kept, clock: HandClock) -> None:
    """A code must still come when the mail server was away for half of its time."""
    message_id = post(stores, outbox, seconds=2_400)
    kept.faults = [DeliveryFailed("away")] * 100
    worker = Worker(stores.database, outbox, {"mail": kept})
    while clock.now() < row(stores, message_id).created_at + 1_200:
        worker.run_once()
        clock.set(row(stores, message_id).next_attempt_at)
    kept.faults = []
    worker.run_once()
    assert kept.ids == [message_id]
    assert clock.now() < row(stores, message_id).created_at + 1_800


def test_a_refused_message_is_not_tried_again_unless_an_operator_asks(
    stores: Stores, outbox: Outbox, kept: Kept, clock: HandClock
) -> None:
    message_id = post(stores, outbox)
    worker = Worker(stores.database, outbox, {"mail": kept})
    kept.faults = [DeliveryRefused("550 from the mail server at RCPT")]
    worker.run_once()
    clock.advance(1_200)
    assert worker.run_once() == 0
    (posted,) = outbox.newest(stores.database, state="failed")
    assert (posted.message_id, posted.last_error) == (message_id, "550 from the mail server at RCPT")
    with stores.database.transaction() as connection:
        assert outbox.retry(connection, message_id) == 1
    assert worker.run_once() == 1
    assert kept.ids == [message_id]


def test_a_refused_message_is_wiped_when_it_expires(
    stores: Stores, outbox: Outbox, kept: Kept, clock: HandClock
) -> None:
    message_id = post(stores, outbox)
    kept.faults = [DeliveryRefused("550")]
    Worker(stores.database, outbox, {"mail": kept}).run_once()
    clock.advance(2_400)
    with stores.database.transaction() as connection:
        assert outbox.retry(connection) == 0
    Claims(stores.database, clock).clean()
    assert row(stores, message_id).sealed_payload is None


def test_retry_hurries_what_waits_and_leaves_what_is_sent(
    stores: Stores, outbox: Outbox, kept: Kept, clock: HandClock
) -> None:
    worker = Worker(stores.database, outbox, {"mail": kept})
    post(stores, outbox)
    worker.run_once()
    waiting = post(stores, outbox)
    kept.faults = [DeliveryFailed("away")]
    worker.run_once()
    with stores.database.transaction() as connection:
        assert outbox.backlog(connection)[0] == 1
        assert outbox.retry(connection) == 1
    assert worker.run_once() == 1
    assert kept.ids[-1] == waiting
    assert [posted.state for posted in outbox.newest(stores.database)] == ["sent", "sent"]


def test_a_worker_that_died_with_a_message_in_hand_is_replaced_after_a_minute(
    stores: Stores, outbox: Outbox, kept: Kept, clock: HandClock
) -> None:
    message_id = post(stores, outbox)
    claims = Claims(stores.database, clock)
    assert [claim.message_id for claim in claims.take("mail", "dead")] == [message_id]
    worker = Worker(stores.database, outbox, {"mail": kept})
    clock.advance(CLAIM_SECONDS - 1)
    assert worker.run_once() == 0
    clock.advance(1)
    assert worker.run_once() == 1
    assert kept.ids == [message_id]


def test_a_worker_that_lost_its_claim_settles_nothing(
    stores: Stores, outbox: Outbox, kept: Kept, clock: HandClock
) -> None:
    message_id = post(stores, outbox)
    claims = Claims(stores.database, clock)
    (late,) = claims.take("mail", "late")
    clock.advance(CLAIM_SECONDS)
    claims.take("mail", "another")
    claims.settle(late, "sent")
    claims.put_off(late, 5, "away")
    held = row(stores, message_id)
    assert (held.outcome, held.claimed_by, held.next_attempt_at) == (None, "another", clock.now() + CLAIM_SECONDS)


def test_a_fault_in_one_delivery_holds_up_no_other_and_logs_no_content(
    stores: Stores, outbox: Outbox, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    faulty, good = post(stores, outbox), post(stores, outbox)
    kept.faults = [ValueError(f"cannot send 123456 to {TO}")]
    with caplog.at_level(logging.DEBUG):
        assert Worker(stores.database, outbox, {"mail": kept}).run_once() == 1
    assert kept.ids == [good]
    assert row(stores, faulty).last_error.startswith("ValueError at ")
    assert TO not in caplog.text
    assert "123456" not in caplog.text


def test_a_message_whose_content_was_changed_is_not_sent(stores: Stores, outbox: Outbox, kept: Kept) -> None:
    one, other = post(stores, outbox), post(stores, outbox)
    with stores.database.transaction() as connection:
        moved = row(stores, one).sealed_payload
        connection.execute(update(outbox_table).where(outbox_table.c.message_id == other).values(sealed_payload=moved))
    Worker(stores.database, outbox, {"mail": kept}).run_once()
    assert kept.ids == [one]
    assert "cannot be opened" in row(stores, other).last_error


def test_a_channel_without_a_delivery_waits_for_a_worker_that_has_one(
    stores: Stores, outbox: Outbox, kept: Kept
) -> None:
    post(stores, outbox)
    assert Worker(stores.database, outbox, {"text": kept}).run_once() == 0
    assert Worker(stores.database, outbox, {"mail": kept}).run_once() == 1


def test_settled_rows_are_kept_for_a_while_and_then_deleted(
    stores: Stores, outbox: Outbox, kept: Kept, clock: HandClock
) -> None:
    post(stores, outbox)
    Worker(stores.database, outbox, {"mail": kept}).run_once()
    clock.advance(KEEP_SETTLED_SECONDS)
    Claims(stores.database, clock).clean()
    assert len(outbox.newest(stores.database)) == 1
    clock.advance(1)
    Claims(stores.database, clock).clean()
    assert outbox.newest(stores.database) == []
