"""The demo's own routes: the inbox and the clock. They exist only under `idp demo`."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Request, Response, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from idp.clock import ShiftedClock
from idp.demo.inbox import Inbox
from idp.notify.model import outbox
from idp.notify.worker import Worker
from idp.store.database import Database

PATIENCE_SECONDS = 10.0
FARTHEST_SECONDS = 10 * 365 * 86_400


@dataclass(frozen=True)
class Sandbox:
    """Shows messages instead of sending them, and moves the clock."""

    inbox: Inbox
    clock: ShiftedClock
    worker: Worker
    database: Database
    sweeps: Sequence[Callable[[], int]]

    def blueprint(self) -> Blueprint:
        """Return the routes."""
        sandbox = Blueprint("sandbox", __name__)
        sandbox.add_url_rule("/sandbox/inbox", "inbox", self.show_inbox)
        sandbox.add_url_rule("/sandbox/inbox.json", "inbox_json", self.list_messages)
        sandbox.add_url_rule("/sandbox/clock", "clock", self.move_clock, methods=["POST"])
        return sandbox

    def show_inbox(self) -> ResponseReturnValue:
        """GET /sandbox/inbox: every message, newest first, and a form that moves the clock."""
        self._flush()
        return render_template("sandbox/inbox.html", messages=self.inbox.newest(), now=self.clock.now())

    def list_messages(self) -> ResponseReturnValue:
        """GET /sandbox/inbox.json: `[{"channel", "to", "subject", "body", "at"}]`, newest first."""
        self._flush()
        return jsonify(self.inbox.newest())

    def move_clock(self) -> ResponseReturnValue:
        """POST /sandbox/clock with `advance=<seconds>`, as a form or as JSON: moves the product's clock ahead.

        What falls due by then (warnings of quiet accounts, for one) is done at once, not within the minute.
        """
        seconds = _seconds(request)
        if seconds is None:
            words = f"advance: whole seconds, 0 to {FARTHEST_SECONDS}\n"
            return Response(words, 400, content_type="text/plain; charset=utf-8")
        offset = self.clock.advance(seconds)
        for sweep in self.sweeps:
            sweep()
        if "text/html" in request.accept_mimetypes.values():
            return redirect("/sandbox/inbox", 303)
        return jsonify({"now": self.clock.now(), "offset": offset})

    def _flush(self) -> None:
        """Send what waits, and wait for what another thread is sending, so that a code is visible at once."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        self.worker.run_once()
        while self._being_sent() and time.monotonic() < give_up_at:
            time.sleep(0.02)
            self.worker.run_once()

    def _being_sent(self) -> int:
        row = outbox.c
        query = select(func.count()).where(
            row.outcome.is_(None), row.claimed_by.is_not(None), row.channel.in_(self.worker.deliveries)
        )
        with self.database.reading() as connection:
            return connection.execute(query).scalar_one()


def _seconds(asked: Request) -> int | None:
    """Return how far the clock shall move; None when that cannot be read."""
    try:
        given = asked.get_json(silent=True) if asked.is_json else asked.form.to_dict()
        seconds = int(given["advance"]) if isinstance(given, dict) else -1
    except (TypeError, KeyError, ValueError, OverflowError, RecursionError):
        return None
    return seconds if 0 <= seconds <= FARTHEST_SECONDS else None
