"""Brings everything that depends on an older root secret under the present one (SECURITY 4.24), beside the traffic.

An operator starts it; from then on the sweeping of every server process goes on with it, and so does the command while it
runs. How far it has come stands in the database: whoever is killed, another goes on. It never touches what a younger root
secret sealed, so a node that was not restarted yet undoes nothing.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.sealing import RootSecrets
from idp.store.database import Database
from idp.store.kept_keys import KeptKeys
from idp.store.model import data_rotations
from idp.store.reseal import Batch, ResealColumn
from idp.store.sealed_columns import sealed_columns

TURN_SECONDS = 60
"""How long one process has the work to itself; when it was killed, another goes on after that."""
SWEEP_SECONDS = 5.0
"""How long a sweep works before it leaves the rest to the next one."""

_row = data_rotations.c


class Work(Protocol):
    """A part of the work that is done in steps."""

    @property
    def name(self) -> str:
        """What the rows are called in the progress."""
        ...

    def batch(self, after: Sequence[Any] | None) -> Batch:
        """Do the next rows after that one."""
        ...

    def left(self, connection: Connection) -> int:
        """Return how many rows are still to be done."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the rotation to the present root secret has come."""

    generation: int
    started: bool
    finished: bool
    done: int
    """Rows done since it was started."""
    left: dict[str, int]
    """Rows still to be done, by what they are; those with none are left out."""
    waiting: dict[str, int]
    """Keyed hashes that only their owners can have made anew; their keys are kept, so they go on working."""


@dataclass(frozen=True)
class RotateData:
    """The use case and its sweep."""

    database: Database
    clock: Clock
    secrets: RootSecrets
    kept: KeptKeys
    trail: Trail
    first: tuple[Work, ...] = ()
    """What is done before the sealed columns."""

    def start(self, visitor: Visitor) -> bool:
        """Have it begin, or begin anew when it had finished; False when it is under way."""
        now = self.clock.now()
        with self.database.transaction() as connection:
            insert = postgresql.insert if self.database.is_postgresql else sqlite.insert
            fresh = {"started_at": now, "finished_at": None, "position": "", "turn_until": 0, "done": 0}
            started = connection.execute(
                insert(data_rotations)
                .values(generation=self.secrets.current, **fresh)
                .on_conflict_do_update(index_elements=["generation"], set_=fresh, where=_row.finished_at.is_not(None))
                .returning(_row.generation)
            ).first()
            if started is not None:
                self.trail.record(
                    connection, Event.DATA_ROTATION_STARTED, visitor, generation=str(self.secrets.current)
                )
        return started is not None

    def sweep(self) -> int:
        """Go on with a rotation that was started, for a few seconds, unless another process does; return the rows done."""
        now = self.clock.now()
        turn = (
            update(data_rotations)
            .where(_row.generation == self.secrets.current, _row.finished_at.is_(None), _row.turn_until <= now)
            .values(turn_until=now + TURN_SECONDS)
        )
        with self.database.reading() as connection:
            if connection.execute(turn).rowcount == 0:
                return 0
        return self.go_on(SWEEP_SECONDS)

    def go_on(self, seconds: float) -> int:
        """Work for about so long, whoever else does; return the rows done."""
        # The machine's monotonic clock: how long to work, not how long anything lives.
        until = time.monotonic() + seconds
        done = 0
        while not self._is_finished() and time.monotonic() < until:
            done += self._step()
        with self.database.reading() as connection:
            connection.execute(update(data_rotations).where(self._is_ours()).values(turn_until=0))
        return done

    def progress(self) -> Progress:
        """Return how far it has come, counted now."""
        with self.database.reading() as connection:
            state = connection.execute(select(data_rotations).where(self._is_ours())).first()
            counted = {work.name: work.left(connection) for work in self._work()}
            waiting = self.kept.waiting(connection)
        return Progress(
            generation=self.secrets.current,
            started=state is not None,
            finished=state is not None and state.finished_at is not None,
            done=0 if state is None else state.done,
            left={name: left for name, left in counted.items() if left},
            waiting=waiting,
        )

    def _step(self) -> int:
        work = self._work()
        with self.database.reading() as connection:
            kept = connection.execute(select(_row.position).where(self._is_ours())).scalar_one()
        name, after = json.loads(kept) if kept else (work[0].name, None)
        at = next((number for number, part in enumerate(work) if part.name == name), 0)
        if at == 0 and after is None:
            # First of all: from then on no hash depends on an older root secret's file.
            self.kept.keep_needed()
        batch = work[at].batch(after)
        if batch.after is not None:
            position: list[Any] | None = [name, batch.after]
        else:
            position = [work[at + 1].name, None] if at + 1 < len(work) else None
        self._note(batch.done, position)
        return batch.done

    def _note(self, done: int, position: list[Any] | None) -> None:
        now = self.clock.now()
        values: dict[str, Any] = {"done": _row.done + done, "turn_until": now + TURN_SECONDS}
        if position is None:
            values["finished_at"] = case((_row.finished_at.is_(None), now), else_=_row.finished_at)
        else:
            values["position"] = json.dumps(position)
        with self.database.reading() as connection:
            connection.execute(update(data_rotations).where(self._is_ours()).values(**values))
        if position is None:
            # Once more: a node that was restarted only meanwhile may have hashed with the older one until then.
            self.kept.keep_needed()
            self.database.forget_old_versions()

    def _is_finished(self) -> bool:
        with self.database.reading() as connection:
            state = connection.execute(select(_row.finished_at).where(self._is_ours())).first()
        return state is None or state.finished_at is not None

    def _is_ours(self) -> Any:
        return _row.generation == self.secrets.current

    def _work(self) -> list[Work]:
        return [*self.first, *(ResealColumn(self.database, self.secrets, column) for column in sealed_columns())]
