"""Claims on outbox rows: each change is one statement, and only the holder of a claim can settle its message."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Update, and_, delete, select, update

from idp.clock import Clock
from idp.notify.model import outbox
from idp.store.database import Database

BATCH = 20
CLAIM_SECONDS = 60
"""How long a claimed message is one worker's; when it is not settled by then, another may take it."""

KEEP_SETTLED_SECONDS = 30 * 86_400
"""How long the row of a settled message, without its content, is kept for operators."""

_ERROR_LENGTH = 200
_row = outbox.c


@dataclass(frozen=True, slots=True)
class Claim:
    """One message in one worker's hands."""

    id: int
    message_id: str
    name: str
    sealed_payload: bytes
    attempts: int
    """This one included."""
    expires_at: int
    claimed_by: str


@dataclass(frozen=True)
class Claims:
    """Takes, settles and gives back claims. All methods raise StoreUnavailable."""

    database: Database
    clock: Clock

    def take(self, channel: str, claimed_by: str) -> list[Claim]:
        """Claim up to BATCH due messages, oldest first; of many callers at once, each message is one caller's."""
        now = self.clock.now()
        is_due = and_(_row.outcome.is_(None), _row.channel == channel, _row.next_attempt_at <= now)
        due = select(_row.id).where(is_due).order_by(_row.id).limit(BATCH)
        with self.database.reading() as connection:
            # Mostly there is nothing: do not take SQLite's write lock to find out.
            if connection.execute(due.limit(1)).first() is None:
                return []
            # Materialised, or PostgreSQL might look for due rows again for each row it changes.
            chosen = due.with_for_update(skip_locked=True).cte("due").prefix_with("MATERIALIZED")
            claimed = connection.execute(
                update(outbox)
                .where(_row.id.in_(select(chosen.c.id)), is_due)
                .values(claimed_by=claimed_by, next_attempt_at=now + CLAIM_SECONDS, attempts=_row.attempts + 1)
                .returning(
                    _row.id,
                    _row.message_id,
                    _row.name,
                    _row.sealed_payload,
                    _row.attempts,
                    _row.expires_at,
                    _row.claimed_by,
                )
            ).all()
        return sorted((Claim(*found) for found in claimed), key=lambda claim: claim.id)

    def settle(self, claim: Claim, outcome: str, error: str = "") -> None:
        """End a message: `sent`, `expired`, or `failed`.

        Its content is wiped, except that of a failed one: an operator may have it tried again until it expires.
        """
        values = {"outcome": outcome, "settled_at": self.clock.now(), "last_error": error[:_ERROR_LENGTH] or None}
        if outcome != "failed":
            values["sealed_payload"] = None
        self._change(_held(claim).values(claimed_by=None, **values))

    def put_off(self, claim: Claim, seconds: int, error: str) -> None:
        """Let the next attempt come in `seconds`, or the expiry if that is sooner."""
        next_attempt_at = min(self.clock.now() + seconds, claim.expires_at)
        self._change(
            _held(claim).values(
                claimed_by=None, next_attempt_at=next_attempt_at, last_error=error[:_ERROR_LENGTH] or None
            )
        )

    def give_back(self, claims: Sequence[Claim]) -> None:
        """Let somebody else have messages whose delivery was never started."""
        for claim in claims:
            self._change(
                _held(claim).values(claimed_by=None, next_attempt_at=self.clock.now(), attempts=_row.attempts - 1)
            )

    def clean(self) -> None:
        """Wipe what failed and has expired since, and delete rows that were settled long ago."""
        now = self.clock.now()
        has_expired: ColumnElement[bool] = and_(_row.outcome == "failed", _row.expires_at <= now)
        self._change(update(outbox).where(has_expired, _row.sealed_payload.is_not(None)).values(sealed_payload=None))
        with self.database.reading() as connection:
            connection.execute(delete(outbox).where(_row.settled_at < now - KEEP_SETTLED_SECONDS))

    def _change(self, statement: Update) -> None:
        with self.database.reading() as connection:
            connection.execute(statement)


def _held(claim: Claim) -> Update:
    return update(outbox).where(_row.id == claim.id, _row.claimed_by == claim.claimed_by, _row.outcome.is_(None))
