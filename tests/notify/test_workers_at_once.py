"""Several workers at once, in threads and in processes: each message is one worker's, and leaves within moments."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from idp.notify.delivery import Payload
from idp.notify.messages import PasscodeMail
from idp.notify.outbox import Outbox
from idp.notify.worker import Worker
from idp.sealing import RootSecrets
from idp.store.database import Database
from tests.notify.kept import Kept
from tests.servers.clock import HandClock
from tests.servers.stores import Stores
from tests.store.processes import in_processes

TO = "ana@example.org"
MAIL = PasscodeMail(given_name="Ana", code="123456", expires_minutes=40)


def post(stores: Stores, outbox: Outbox, *, seconds: int = 2_400) -> str:
    with stores.database.transaction() as connection:
        return outbox.enqueue(connection, MAIL, TO, expires_at=outbox.clock.now() + seconds)


def test_twenty_workers_at_once_send_each_message_once(stores: Stores, outbox: Outbox, kept: Kept) -> None:
    posted = {post(stores, outbox) for _ in range(60)}
    workers = [Worker(stores.database, outbox, {"mail": kept}) for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        sent = sum(pool.map(lambda worker: worker.run_once(), workers))
    assert (sent, sorted(kept.ids)) == (60, sorted(posted))


def send_elsewhere(url: str, keys_dir: Any, now: int) -> list[str]:
    kept, database = Kept(), Database(url)
    Worker(database, Outbox(HandClock(now), RootSecrets.load(keys_dir)), {"mail": kept}).run_once()
    database.close()
    return kept.ids


def test_five_processes_at_once_send_each_message_once(
    stores: Stores, outbox: Outbox, clock: HandClock, tmp_path: Any
) -> None:
    posted = {post(stores, outbox) for _ in range(60)}
    sent = in_processes(5, send_elsewhere, stores.database_url, tmp_path / "keys", clock.now())
    assert sorted(message_id for ids in sent for message_id in ids) == sorted(posted)


def test_a_code_leaves_moments_after_its_commit(stores: Stores, outbox: Outbox, kept: Kept) -> None:
    stop = threading.Event()
    worker = Worker(stores.database, outbox, {"mail": kept})
    thread = threading.Thread(target=worker.run_forever, args=(stop,))
    thread.start()
    try:
        time.sleep(0.2)
        waited = []
        for _ in range(5):
            began = time.monotonic()
            post(stores, outbox)
            assert kept.arrived.acquire(timeout=60)
            waited.append(time.monotonic() - began)
    finally:
        stop.set()
        worker.wake()
        thread.join()
    # The middle one: a busy test machine may hold up single ones.
    assert sorted(waited)[2] < 0.1


def test_what_another_process_committed_leaves_within_moments_too(
    stores: Stores, outbox: Outbox, secrets: RootSecrets, clock: HandClock, kept: Kept
) -> None:
    stop = threading.Event()
    worker = Worker(stores.database, outbox, {"mail": kept})
    thread = threading.Thread(target=worker.run_forever, args=(stop,))
    thread.start()
    try:
        post(stores, Outbox(clock, secrets))  # rings a bell that this worker does not hear
        assert kept.arrived.acquire(timeout=60)
    finally:
        stop.set()
        worker.wake()
        thread.join()


def test_a_stopping_worker_finishes_the_message_at_hand_and_gives_the_others_back(
    stores: Stores, outbox: Outbox, clock: HandClock, kept: Kept
) -> None:
    stop, at_hand, go_on = threading.Event(), threading.Event(), threading.Event()

    def slow(payload: Payload, message_id: str) -> None:
        at_hand.set()
        go_on.wait()
        kept(payload, message_id)

    posted = [post(stores, outbox) for _ in range(3)]
    worker = Worker(stores.database, outbox, {"mail": slow}, lanes=1)
    thread = threading.Thread(target=worker.run_forever, args=(stop,))
    thread.start()
    at_hand.wait()
    stop.set()
    worker.wake()
    go_on.set()
    thread.join()
    assert kept.ids == posted[:1]
    assert Worker(stores.database, outbox, {"mail": kept}).run_once() == 2
