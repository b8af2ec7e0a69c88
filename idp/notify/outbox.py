"""The outbox: a message is committed with what caused it, and a worker sends it afterwards (SECURITY 4.6)."""

import json
import secrets as chance
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, cast

from sqlalchemy import Connection, func, insert, select, update

from idp.clock import Clock
from idp.notify.bell import Bell
from idp.notify.delivery import Payload
from idp.notify.messages import Message
from idp.notify.model import outbox
from idp.sealing import RootSecrets
from idp.store.database import Database, after_commit

State = Literal["waiting", "sent", "expired", "failed"]

_PURPOSE = "outbox"


@dataclass(frozen=True, slots=True)
class Posted:
    """One row of the outbox as an operator sees it: never what is in the message or whom it is for."""

    message_id: str
    channel: str
    name: str
    state: State
    created_at: int
    expires_at: int
    attempts: int
    next_attempt_at: int
    settled_at: int | None
    last_error: str


@dataclass(frozen=True)
class Outbox:
    """Takes messages in. The worker (`idp/notify/worker.py`) empties it."""

    clock: Clock
    secrets: RootSecrets
    give_up_seconds: int = 86_400
    """How long a message that names no expiry of its own is tried (setting `mail.give_up_seconds`)."""
    bell: Bell = field(default_factory=Bell)

    def enqueue(
        self,
        connection: Connection,
        message: Message,
        to: str,
        *,
        expires_at: int | None = None,
        not_before: int | None = None,
        locale: str | None = None,
    ) -> str:
        """Put `message` for `to` in the caller's transaction; return its message id.

        It leaves moments after the commit, or at `not_before`, and never after `expires_at`.
        """
        fields = asdict(cast("Any", message))
        payload = Payload(name=message.name, to=to, locale=locale, fields=fields)
        return self.enqueue_payload(connection, message.channel, payload, expires_at, not_before)

    def enqueue_payload(
        self,
        connection: Connection,
        channel: str,
        payload: Payload,
        expires_at: int | None = None,
        not_before: int | None = None,
    ) -> str:
        """Put `payload` for the delivery that serves `channel`, as `enqueue` does."""
        now = self.clock.now()
        message_id = chance.token_hex(16)
        connection.execute(
            insert(outbox).values(
                message_id=message_id,
                channel=channel,
                name=payload["name"],
                sealed_payload=self.secrets.seal(_PURPOSE, json.dumps(payload).encode(), f"outbox:{message_id}"),
                created_at=now,
                expires_at=now + self.give_up_seconds if expires_at is None else expires_at,
                attempts=0,
                next_attempt_at=now if not_before is None else not_before,
            )
        )
        after_commit(connection, lambda: self.bell.ring(channel))
        return message_id

    def finish(self, connection: Connection, message_id: str) -> bool:
        """End a message in the caller's transaction, where all that comes of it is in our own database.

        False when another attempt has done it: what comes of a message is then done once, whenever a worker dies.
        """
        row = outbox.c
        ended = connection.execute(
            update(outbox)
            .where(row.message_id == message_id, row.outcome.is_(None))
            .values(outcome="sent", settled_at=self.clock.now(), claimed_by=None, sealed_payload=None)
        )
        return ended.rowcount == 1

    def open(self, message_id: str, sealed_payload: bytes) -> Payload:
        """Return what was enqueued. Raises SealBroken."""
        plain = self.secrets.open(_PURPOSE, sealed_payload, f"outbox:{message_id}")
        return cast("Payload", json.loads(plain))

    def newest(self, database: Database, *, state: State | None = None, most: int = 100) -> list[Posted]:
        """Return up to `most` rows, newest first, all or those in `state`."""
        row = outbox.c
        query = select(outbox).order_by(row.id.desc()).limit(most)
        if state == "waiting":
            query = query.where(row.outcome.is_(None))
        elif state is not None:
            query = query.where(row.outcome == state)
        with database.reading() as connection:
            return [
                Posted(
                    message_id=found.message_id,
                    channel=found.channel,
                    name=found.name,
                    state=found.outcome or "waiting",
                    created_at=found.created_at,
                    expires_at=found.expires_at,
                    attempts=found.attempts,
                    next_attempt_at=found.next_attempt_at,
                    settled_at=found.settled_at,
                    last_error=found.last_error or "",
                )
                for found in connection.execute(query)
            ]

    def retry(self, connection: Connection, message_id: str | None = None) -> int:
        """Have what waits for a later attempt, and what failed, tried at once: one message or all; return how many.

        What is being sent at this moment, was sent, or has expired is left alone.
        """
        now = self.clock.now()
        row = outbox.c
        statement = (
            update(outbox)
            .where(
                row.outcome.is_(None) | (row.outcome == "failed"),
                row.claimed_by.is_(None),
                row.sealed_payload.is_not(None),
                row.expires_at > now,
            )
            .values(outcome=None, settled_at=None, next_attempt_at=now)
        )
        if message_id is not None:
            statement = statement.where(row.message_id == message_id)
        again = connection.execute(statement).rowcount
        after_commit(connection, self.bell.ring)
        return again

    def backlog(self, connection: Connection) -> tuple[int, int | None]:
        """Return how many messages wait to be sent, and since when the oldest does."""
        waiting = select(func.count(), func.min(outbox.c.created_at)).where(outbox.c.outcome.is_(None))
        count, oldest = connection.execute(waiting).one()
        return count, oldest
