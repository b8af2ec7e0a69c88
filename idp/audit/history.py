"""What the trail says to a person about their own sign-ins (SECURITY T6; SP 800-53 AC-9)."""

import json
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select

from idp.audit.events import Event
from idp.audit.model import audit_events
from idp.clock import Clock
from idp.store.database import Database

DAYS = 90
PAGE = 20

FAILED = frozenset(
    {
        Event.SIGN_IN_REJECTED,
        Event.PASSCODE_REJECTED,
        Event.APP_REJECTED,
        Event.PASSKEY_REJECTED,
        Event.RECOVERY_CODE_REJECTED,
        Event.PASSWORD_REJECTED,
    }
)
"""Invalid attempts (fact S11)."""

SHOWN = FAILED | {
    Event.SIGN_IN_SUCCEEDED,
    Event.SIGN_IN_PAST_LOCK,
    Event.SIGN_IN_REFUSED_LOCKED,
    Event.ACCOUNT_LOCKED,
    Event.ACCOUNT_UNLOCKED,
    Event.PASSWORD_CHANGED,
    Event.DISAVOWED,
}

_row = audit_events.c


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the history: no address, and of the browser only what the page makes of its header."""

    id: int
    at: int
    event: Event
    reason: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class LastSignIn:
    """What is said after a sign-in about the one before."""

    at: int
    failed_since: int
    """Invalid attempts between that sign-in and this one."""


@dataclass(frozen=True)
class History:
    """Reads what concerns one person; what others did, an operator's name too, is left out."""

    database: Database
    clock: Clock

    def page(self, sub: str, before: int | None = None) -> tuple[list[Past], int | None]:
        """Return up to PAGE lines of the last 90 days, newest first, and what to give as `before` for older ones."""
        query = (
            select(_row.id, _row.at, _row.event, _row.details, _row.user_agent)
            .where(_about(sub), _is_one_of(SHOWN), _row.at >= self.clock.now() - DAYS * 86_400)
            .order_by(_row.id.desc())
            .limit(PAGE + 1)
        )
        if before is not None:
            query = query.where(_row.id < before)
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
        lines = [
            Past(row.id, row.at, Event(row.event), str(json.loads(row.details).get("reason") or ""), row.user_agent)
            for row in rows[:PAGE]
        ]
        return lines, lines[-1].id if len(rows) > PAGE else None

    def last_sign_in(self, sub: str, sid: str) -> LastSignIn | None:
        """Return the sign-in before the one that made the session `sid` what it is; None when there was none."""
        with self.database.reading() as connection:
            signed_in = connection.execute(
                select(_row.id, _row.at, _row.sid)
                .where(_row.actor == sub, _row.event == Event.SIGN_IN_SUCCEEDED)
                .order_by(_row.id.desc())
                .limit(PAGE)
            ).all()
            this = next((row for row in signed_in if row.sid == sid), None)
            before = next((row for row in signed_in if this is not None and row.id < this.id), None)
            if this is None or before is None:
                return None
            failed = connection.execute(
                select(func.count()).where(
                    _row.subject == sub,
                    _is_one_of(FAILED),
                    _row.id > before.id,
                    _row.id < this.id,
                    _row.at >= before.at,
                )
            ).scalar_one()
        return LastSignIn(before.at, failed)


def _about(sub: str) -> ColumnElement[bool]:
    # What this person did to somebody else, as an approver perhaps, is the other's history.
    return or_(_row.subject == sub, and_(_row.actor == sub, _row.subject == ""))


def _is_one_of(events: Collection[Event]) -> ColumnElement[bool]:
    return _row.event.in_([event.value for event in events])
