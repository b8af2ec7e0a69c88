"""Empties the outbox. Any number of workers in any number of processes may run at once: a message is one worker's at a time.

A worker claims rows in one statement and settles each with its own claim. When it dies in between, the claim runs out
and another sends the message under the same id. An expired message is never sent.
"""

import logging
import random
import secrets as chance
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from idp.notify.claims import BATCH, CLAIM_SECONDS, Claim, Claims
from idp.notify.delivery import BatchDelivery, Delivery, DeliveryFailed, DeliveryRefused
from idp.notify.outbox import Outbox
from idp.sealing import SealBroken
from idp.store.database import Database, StoreUnavailable

STARTING_SECONDS = CLAIM_SECONDS / 2
"""How long after claiming a worker still starts a delivery; what it has left then goes back."""

SETTLING_SECONDS = 20
"""How long the outcome of a delivery is kept and written again while the database is away."""

POLL_SECONDS = 1.0
CLEAN_EVERY_SECONDS = 600

WAITS_SECONDS = (5, 15, 60, 300, 900, 3_600)
"""How long after each failure the next attempt comes, with up to a fifth more by chance; the last one repeats."""

_NEVER_STOPS = threading.Event()
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worker:
    """Sends what the outbox holds for the channels in `deliveries`."""

    database: Database
    outbox: Outbox
    deliveries: Mapping[str, Delivery]
    lanes: int = 2
    """Threads for each channel: a mail server that is stuck delays no text message, and a slow client no logout."""

    def wake(self) -> None:
        """Look for work, or for the stop, now."""
        self.outbox.bell.ring()

    def run_forever(self, stop: threading.Event) -> None:
        """Work until `stop` is set, finish the messages at hand and return. Call `wake` after setting `stop`."""
        lanes = [
            threading.Thread(target=self._run_lane, args=(channel, stop), name=f"outbox-{channel}-{number}")
            for channel in self.deliveries
            for number in range(self.lanes)
        ]
        for lane in lanes:
            lane.start()
        self._clean_until(stop)
        self.wake()
        for lane in lanes:
            lane.join()

    def run_once(self) -> int:
        """Send everything that is due now, in this thread; return how many messages were sent."""
        return sum(self._empty(channel, _NEVER_STOPS) for channel in self.deliveries)

    def _run_lane(self, channel: str, stop: threading.Event) -> None:
        bell = self.outbox.bell
        while not stop.is_set():
            heard = bell.heard(channel)
            try:
                self._empty(channel, stop)
            except StoreUnavailable:
                _log.warning("outbox: the database is away, trying again")
            except Exception:  # noqa: BLE001 - a fault must not end this lane: everybody's passcodes come this way
                _log.exception("outbox: unexpected fault on channel %s", channel)
                stop.wait(POLL_SECONDS)
            bell.wait(channel, heard, POLL_SECONDS)

    def _clean_until(self, stop: threading.Event) -> None:
        # Spread over the processes of a node, which start together.
        clean_at = time.monotonic() + CLEAN_EVERY_SECONDS * random.random()  # noqa: S311 - no secret
        while not stop.wait(POLL_SECONDS):
            if time.monotonic() >= clean_at:
                clean_at = time.monotonic() + CLEAN_EVERY_SECONDS
                try:
                    self._claims.clean()
                except StoreUnavailable:
                    _log.warning("outbox: the database is away, cleaning later")

    @property
    def _claims(self) -> Claims:
        return Claims(self.database, self.outbox.clock)

    def _empty(self, channel: str, stop: threading.Event) -> int:
        """Send what is due on one channel; return how many messages were sent."""
        delivery, sent = self.deliveries[channel], 0
        while not stop.is_set():
            start_until = time.monotonic() + STARTING_SECONDS
            batch = self._claims.take(channel, chance.token_hex(16))
            try:
                sent += self._send(batch, delivery, stop, start_until)
            finally:
                if batch and isinstance(delivery, BatchDelivery):
                    delivery.end_batch()
            if len(batch) < BATCH:
                break
        return sent

    def _send(self, batch: Sequence[Claim], delivery: Delivery, stop: threading.Event, start_until: float) -> int:
        sent = 0
        for position, claim in enumerate(batch):
            if stop.is_set() or time.monotonic() >= start_until:
                self._claims.give_back(batch[position:])
                break
            sent += self._deliver(claim, delivery)
        return sent

    def _deliver(self, claim: Claim, delivery: Delivery) -> bool:
        """Deliver one message and settle it; return whether it was sent."""
        if self.outbox.clock.now() >= claim.expires_at:
            _log.warning("outbox: %s %s expired after %d attempts", claim.name, claim.message_id, claim.attempts - 1)
            self._settle(claim, "expired")
            return False
        try:
            delivery(self.outbox.open(claim.message_id, claim.sealed_payload), claim.message_id)
        except DeliveryRefused as refusal:
            _log.warning("outbox: %s %s refused: %s", claim.name, claim.message_id, refusal)
            self._settle(claim, "failed", str(refusal))
        except DeliveryFailed as failure:
            self._settle(claim, None, str(failure), failure.again_in)
        except SealBroken as failure:
            self._settle(claim, None, str(failure))
        except Exception as fault:  # noqa: BLE001 - one message that cannot be made or sent must not hold up the others
            # Only what kind and where: an exception's words could hold an address or a passcode.
            what = f"{type(fault).__name__} at {_place(fault)}"
            _log.error("outbox: fault in the delivery of %s %s: %s", claim.name, claim.message_id, what)
            self._settle(claim, None, what)
        else:
            self._settle(claim, "sent")
            return True
        return False

    def _settle(self, claim: Claim, outcome: str | None, error: str = "", again_in: int | None = None) -> None:
        """Write the outcome, or None for another attempt. A database that is away for a moment must not double a mail."""
        give_up_at = time.monotonic() + SETTLING_SECONDS
        while True:
            try:
                if outcome is None:
                    left = claim.expires_at - self.outbox.clock.now()
                    wait = _wait_seconds(claim.attempts, left) if again_in is None else again_in
                    self._claims.put_off(claim, wait, error)
                else:
                    self._claims.settle(claim, outcome, error)
            except StoreUnavailable:
                if time.monotonic() >= give_up_at:
                    raise
                time.sleep(POLL_SECONDS / 4)
            else:
                return


def _wait_seconds(attempts: int, left: int) -> int:
    """Return how long to wait after so many attempts for a message that is of use for `left` more seconds.

    Never more than a quarter of them: a code must still come when the mail server is back before it runs out.
    """
    wait = min(WAITS_SECONDS[min(attempts, len(WAITS_SECONDS)) - 1], max(WAITS_SECONDS[0], left // 4))
    return wait + round(wait * random.random() / 5)  # noqa: S311 - no secret


def _place(fault: Exception) -> str:
    frame = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"
