"""The web server: granian, one process a worker, each with several threads and a house of its own.

granian copies the environment, secrets included, into every request's WSGI environment: never print that.
"""

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from idp.server.bind import split_bind
from idp.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

DRAIN_SECONDS = 30
"""How long requests in flight may take to end after SIGTERM (SECURITY 4.9)."""
ENDING = (signal.SIGTERM, signal.SIGINT)
HEADERS_MS = 10_000
"""How long a client may take to send its headers (SECURITY 4.18)."""
HEADERS_BYTES = 65_536
"""Of a request's first line and headers together: twice the longest query that is read. More is answered 431."""

_told_to_end = threading.Event()


def run_server(settings: Settings, load: Callable[[], "WSGIApplication"]) -> None:
    """Serve until SIGTERM or SIGINT, then let requests in flight end. Raises SystemExit(1) when workers keep failing.

    `load` is called in each worker process, after it was started; it must be a module's own function.
    """
    host, port = split_bind(settings.bind)
    server = Server(
        target="idp",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=settings.threads,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_MS, max_buffer_size=HEADERS_BYTES),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=DRAIN_SECONDS,
        # Its own start-up lines name internals; `idp serve` says what an operator needs.
        log_enabled=False,
    )
    # granian listens to signals in a worker only once that serves: until then it would wait DRAIN_SECONDS for nothing.
    os.register_at_fork(before=_hold_signals, after_in_parent=_let_signals_through, after_in_child=_end_when_told)
    server.serve(target_loader=partial(_listen_and, load), wrap_loader=False)


def _hold_signals() -> None:
    # Python forgets, in a child, what came before the fork was over: the kernel keeps it until it is let through.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


def _let_signals_through() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def _end_when_told() -> None:
    for number in ENDING:
        signal.signal(number, _end)


def _listen_and(load: Callable[[], "WSGIApplication"]) -> "WSGIApplication":
    # Not while the fork's own hooks run: nobody can leave from there.
    _let_signals_through()
    application = load()
    if _told_to_end.is_set():
        sys.exit()
    return application


def _end(*_: object) -> None:
    # Where nothing can be raised (a callback of the garbage collector, say) the load goes on, and ends afterwards.
    _told_to_end.set()
    sys.exit()


def fault_of_address(bind: str, name: str = "bind") -> str:
    """Return why nobody can listen on `bind`, the setting `name`, now, in a sentence; "" when one can."""
    try:
        host, port = split_bind(bind)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except ValueError as error:
        return f"{name}: {error}"
    except OSError as error:
        return f"{name}: cannot listen on {bind} ({error.strerror})"
    return ""


def set_up_logging() -> None:
    """Log one line an event to stderr; keep libraries from logging what they handle (Authlib logs tokens at DEBUG)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in ("authlib", "urllib3", "werkzeug", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)
