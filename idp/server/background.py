"""What runs beside the requests of a serving process: the outbox worker and the sweeping."""

import threading
from collections.abc import Sequence
from typing import Protocol

from idp.server.housekeeping import Sweep, sweep_forever


class RunsUntilStopped(Protocol):
    """The outbox worker, as far as this file knows it."""

    def run_forever(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        ...

    def wake(self) -> None:
        """Look for work, or for the stop, now."""
        ...


def start_background(worker: RunsUntilStopped, sweeps: Sequence[Sweep]) -> None:
    """Start both beside the requests of this process.

    The threads are no daemons: the process ends when the message at hand is settled, so none is sent twice.
    """
    stop = threading.Event()

    def stop_with_the_process() -> None:
        threading.main_thread().join()
        stop.set()
        worker.wake()

    # First what stops the others: the process may be told to end while it is still on its way up.
    threading.Thread(target=stop_with_the_process, name="stop").start()
    threading.Thread(target=worker.run_forever, args=(stop,), name="outbox").start()
    threading.Thread(target=sweep_forever, args=(sweeps, stop), name="housekeeping").start()
