"""A delivery that keeps what it is given."""

import threading
from dataclasses import dataclass, field

from idp.notify.delivery import Payload


@dataclass
class Kept:
    """Keeps every delivery; raises what it is told to raise first."""

    deliveries: list[tuple[str, Payload]] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __call__(self, payload: Payload, message_id: str) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.deliveries.append((message_id, payload))
        self.arrived.release()

    @property
    def ids(self) -> list[str]:
        return [message_id for message_id, _ in self.deliveries]
