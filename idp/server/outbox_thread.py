"""Runs the outbox worker inside a serving process, and lets it finish the message at hand when the process ends."""

import threading
from typing import Protocol


class RunsUntilStopped(Protocol):
    """The outbox worker, as far as this file knows it."""

    def run_forever(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        ...

    def wake(self) -> None:
        """Look for work, or for the stop, now."""
        ...


def start_outbox_thread(worker: RunsUntilStopped) -> None:
    """Run `worker` beside the requests of this process.

    The threads are no daemons: the process ends when the message at hand is settled, so none is sent twice.
    """
    stop = threading.Event()

    def stop_with_the_process() -> None:
        threading.main_thread().join()
        stop.set()
        worker.wake()

    threading.Thread(target=worker.run_forever, args=(stop,), name="outbox").start()
    threading.Thread(target=stop_with_the_process, name="outbox-stop").start()
