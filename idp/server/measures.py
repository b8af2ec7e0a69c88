"""What a worker process counts and measures, in Prometheus' words. No label holds anything that a stranger or a person chose.

To be imported in a worker, where the environment names the folder in which the workers of one provider add up
(`idp/server/metrics.py`).
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prometheus_client import Counter, Gauge, Histogram

from idp.audit.events import Event
from idp.clock import Clock
from idp.keyring.list_keys import ListKeys
from idp.notify.outbox import Outbox
from idp.store.database import Database

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds."""
ELSEWHERE = "other"

_requests = Histogram("idp_request_seconds", "Time to answer", ["path", "status"], buckets=BUCKETS)
_events = Counter("idp_events", "Events committed to the trail, by their name in the catalogue", ["event"])
_waiting = Gauge("idp_outbox_waiting", "Messages that wait to be sent", multiprocess_mode="mostrecent")
_oldest = Gauge("idp_outbox_oldest_seconds", "Age of the oldest waiting message", multiprocess_mode="mostrecent")
_key_age = Gauge("idp_signing_key_age_seconds", "Age of the key that signs", ["alg"], multiprocess_mode="mostrecent")


def count_event(event: Event) -> None:
    """Count one event that was committed."""
    _events.labels(event.value).inc()


@dataclass(frozen=True)
class Measured:
    """Wraps the application and takes the time of each answer, up to its first byte."""

    application: "WSGIApplication"
    paths: frozenset[str]
    """Paths that are told apart; all others count together, or a stranger could fill the memory with names."""
    seconds: Callable[[], float] = time.perf_counter

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        begun = self.seconds()
        status = "500"

        def started(line: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            nonlocal status
            status = line[:3]
            return start_response(line, headers, *more)

        try:
            return self.application(environ, started)
        finally:
            path = environ.get("PATH_INFO", "")
            _requests.labels(path if path in self.paths else ELSEWHERE, status).observe(self.seconds() - begun)


@dataclass(frozen=True)
class LookAtState:
    """Looks at what is not a request: the outbox and the keys. Called like a sweep, and deletes nothing."""

    database: Database
    clock: Clock
    outbox: Outbox
    keys: ListKeys

    def __call__(self) -> int:
        """Look once. Raises StoreUnavailable."""
        with self.database.reading() as connection:
            waiting, oldest = self.outbox.backlog(connection)
        _waiting.set(waiting)
        _oldest.set(0 if oldest is None else self.clock.now() - oldest)
        for standing in self.keys.all():
            if standing.state == "active":
                _key_age.labels(standing.key.alg).set(self.clock.now() - standing.key.active_at)
        return 0
