"""Seals over the trail (SECURITY H5): each is a keyed hash over a stretch of events and over the seal before it.

Who has the database and not the root secrets can change or delete events, and make no seal that fits. The end of the trail, with
its seals, could still be cut off: so every serving process remembers the newest seal it saw and cries out when that is gone, and
the head that `idp audit verify` prints is to be kept elsewhere (docs/decisions/0042-audit-seals.md).
"""

import hmac
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from idp.audit.events import Event
from idp.audit.model import audit_events, audit_seals
from idp.audit.trail import Entry, Trail, Visitor, entry_of
from idp.clock import Clock
from idp.store.database import Database
from idp.store.lasting_keys import LastingKeys

GRACE_SECONDS = 120
"""Events are sealed at this age: one with a lower number may still be on its way in, for some seconds at most."""
MOST_EVENTS = 2_000
"""In one seal."""
HOUSEKEEPING = Visitor(actor="housekeeping")

_event, _seal = audit_events.c, audit_seals.c
_log = logging.getLogger("idp.audit")


@dataclass(frozen=True, slots=True)
class Seal:
    """The seal over the events above `after_id` and up to `last_id`."""

    after_id: int
    last_id: int
    events: int
    seal: str
    sealed_at: int

    @property
    def head(self) -> str:
        """What names the trail up to here: `<last_id>:<seal>`."""
        return f"{self.last_id}:{self.seal}"


_NOTHING = Seal(0, 0, 0, "", 0)


class TrailBroken(Exception):
    """The trail is not what was sealed. The message says which events; it holds nothing of them."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Every seal fits."""

    events: int
    unsealed: int
    """The newest events, which no seal holds yet."""
    head: str
    """To be kept elsewhere; "" when nothing is sealed yet."""


class TrailSeals:
    """Makes and checks seals. One for a process, whose housekeeping alone makes them."""

    def __init__(self, database: Database, clock: Clock, keys: LastingKeys, trail: Trail) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._trail = trail
        self._seen = _NOTHING

    def sweep(self) -> int:
        """Seal the next events that are old enough; return how many. Of many processes at once, one makes each seal."""
        with self._database.reading() as connection:
            self._look_back(connection)
            newest = self._newest(connection)
            due = list(self._after(connection, newest.last_id, MOST_EVENTS))
            limit = self._clock.now() - GRACE_SECONDS
            young = next((place for place, entry in enumerate(due) if entry.at > limit), len(due))
            stretch = due[:young]
            if not stretch:
                self._seen = newest
                return 0
            seal = self._made(connection, newest, stretch)
            try:
                connection.execute(insert(audit_seals).values(asdict(seal)))
            except IntegrityError:
                # Another process was faster.
                return 0
            self._seen = seal
        return len(stretch)

    def verify(self, head: str = "") -> Verified:
        """Check every seal, from the first event on. Raises TrailBroken, also when no seal is the one that `head` names."""
        last, events = _NOTHING, 0
        is_head_found = not head
        for last, entries in self.stretches():
            events += len(entries)
            is_head_found = is_head_found or hmac.compare_digest(last.head.encode(), head.encode())
        if not is_head_found:
            raise TrailBroken(
                "the trail no longer holds what this head names: its end was cut off, or it was made anew"
            )
        with self._database.reading() as connection:
            count = select(func.count()).select_from(audit_events).where(_event.id > last.last_id)
            unsealed = connection.execute(count).scalar_one()
        return Verified(events, unsealed, last.head if last.last_id else "")

    def stretches(self) -> Iterator[tuple[Seal, Sequence[Entry]]]:
        """Yield each seal with its events, oldest first, checked. Raises TrailBroken at the first that does not fit."""
        before = _NOTHING
        while (found := self._following(before)) is not None:
            seal, entries = found
            if seal.events != len(entries):
                change = "was removed" if len(entries) < seal.events else "was added"
                raise TrailBroken(f"of events {seal.after_id + 1} to {seal.last_id} one or more {change}")
            with self._database.reading() as connection:
                expected = self._made(connection, before, entries, seal)
            if not hmac.compare_digest(expected.seal.encode(), seal.seal.encode()):
                raise TrailBroken(f"events {seal.after_id + 1} to {seal.last_id}, or a seal before them, were changed")
            yield seal, entries
            before = seal

    def _following(self, before: Seal) -> tuple[Seal, Sequence[Entry]] | None:
        with self._database.reading() as connection:
            query = select(audit_seals).where(_seal.last_id > before.last_id).order_by(_seal.last_id).limit(1)
            row = connection.execute(query).mappings().first()
            if row is None:
                return None
            seal = Seal(**row)
            if seal.after_id != before.last_id:
                raise TrailBroken(f"the seals after event {before.last_id} are missing")
            # One more than there may be tells that some were added.
            return seal, list(self._after(connection, seal.after_id, seal.events + 1, up_to=seal.last_id))

    def _look_back(self, connection: Connection) -> None:
        """Cry out when the newest seal that this process has seen is not there any more."""
        if not self._seen.last_id:
            return
        query = select(_seal.seal).where(_seal.after_id == self._seen.after_id, _seal.last_id == self._seen.last_id)
        if connection.execute(query).scalar() == self._seen.seal:
            return
        _log.critical(
            "the audit trail was cut off or changed: seal %s is gone; see `idp audit verify --head`", self._seen.head
        )
        self._trail.record(connection, Event.TRAIL_CUT, HOUSEKEEPING, last_id=self._seen.last_id, seal=self._seen.seal)
        self._seen = _NOTHING

    def _newest(self, connection: Connection) -> Seal:
        row = connection.execute(select(audit_seals).order_by(_seal.last_id.desc()).limit(1)).mappings().first()
        return _NOTHING if row is None else Seal(**row)

    def _after(self, connection: Connection, after_id: int, most: int, up_to: int | None = None) -> Iterator[Entry]:
        query = select(audit_events).where(_event.id > after_id).order_by(_event.id).limit(most)
        if up_to is not None:
            query = query.where(_event.id <= up_to)
        return map(entry_of, connection.execute(query).mappings().all())

    def _made(self, connection: Connection, before: Seal, entries: Sequence[Entry], kept: Seal | None = None) -> Seal:
        """Return the seal that follows on `before` over `entries`; as `kept` says how far it reaches and when it was made."""
        last_id = entries[-1].id if kept is None else kept.last_id
        sealed_at = self._clock.now() if kept is None else kept.sealed_at
        digest = sha256()
        for entry in entries:
            digest.update(json.dumps(asdict(entry), sort_keys=True).encode() + b"\n")
        parts = (before.seal, str(before.last_id), str(last_id), str(len(entries)), str(sealed_at), digest.hexdigest())
        seal = self._keys.mac(connection, "audit-seal", *parts).hex()
        return Seal(before.last_id, last_id, len(entries), seal, sealed_at)
