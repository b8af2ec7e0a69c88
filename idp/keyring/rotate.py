"""Rotates signing keys. However many operators and programs ask at once, one new key comes of it (SECURITY 4.14)."""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.keyring.make_key import ALGORITHMS, Algorithm, make_key
from idp.keyring.records import activate, add, read_records
from idp.keyring.states import KeyRecord, chain
from idp.sealing import RootSecrets
from idp.settings import Keys
from idp.store.database import Database

SAME_ROTATION_SECONDS = 30
"""A rotation this short after another is taken for the loser of a race, not for a wish for one more key."""

NOTICE_SECONDS = 2
"""How long after a change every worker has noticed it: a key that signs "now" signs then, so that none signs unpublished."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """A new key stands in the JWKS (or a waiting one was hurried) and signs from `active_at` on."""

    kid: str
    active_at: int


@dataclass(frozen=True, slots=True)
class AlreadyRotated:
    """Somebody else just did it: `kid` waits for its turn, or was made moments ago."""

    kid: str
    active_at: int


@dataclass(frozen=True)
class RotateKeys:
    """Adds the next signing key of an algorithm, or the first."""

    database: Database
    clock: Clock
    secrets: RootSecrets
    trail: Trail
    settings: Keys

    def rotate(self, alg: Algorithm, visitor: Visitor, *, now_please: bool = False) -> Rotated | AlreadyRotated:
        """Publish a new key that signs after `keys.publish_seconds`; the key before it then goes on verifying.

        With `now_please` it signs as soon as every worker has noticed, and a key that waits already is hurried; clients
        that keep the JWKS longer than that fetch it again when they meet the new `kid`. The first key of an algorithm
        signs at once: no client can have kept anything yet.
        """
        now = self.clock.now()
        with self.database.reading() as connection:
            newest = _newest(connection, alg)
        if newest is None:
            active_at = now
        elif now_please:
            active_at = now + NOTICE_SECONDS
        else:
            active_at = now + self.settings.publish_seconds
        if newest is not None and _waits(newest, now):
            return self._hurry(newest, active_at, visitor) if now_please else _already(newest)
        if newest is not None and now - newest.created_at < SAME_ROTATION_SECONDS and not _was_stopped(newest):
            return _already(newest)
        return self._add(alg, newest.kid if newest else "", now, active_at, visitor)

    def make_missing(self, visitor: Visitor) -> dict[Algorithm, Rotated | AlreadyRotated]:
        """Make the first key of every algorithm that has none; return them by algorithm.

        For a new provider, and for one that was upgraded to a release that signs with more.
        """
        with self.database.reading() as connection:
            there = {key.alg for key in read_records(connection)}
        return {alg: self.rotate(alg, visitor) for alg in ALGORITHMS if alg not in there}

    def _add(
        self, alg: Algorithm, predecessor: str, now: int, active_at: int, visitor: Visitor
    ) -> Rotated | AlreadyRotated:
        made = make_key(alg, self.secrets)
        with self.database.transaction() as connection:
            if add(connection, made, alg, predecessor, now, active_at):
                self.trail.record(
                    connection, Event.KEY_CREATED, visitor, subject=made.kid, alg=alg, active_at=active_at
                )
                return Rotated(made.kid, active_at)
        with self.database.reading() as connection:
            winner = next(key for key in read_records(connection) if (key.alg, key.predecessor) == (alg, predecessor))
        return _already(winner)

    def _hurry(self, waiting: KeyRecord, active_at: int, visitor: Visitor) -> Rotated | AlreadyRotated:
        with self.database.transaction() as connection:
            if activate(connection, waiting.kid, active_at):
                self.trail.record(
                    connection, Event.KEY_ACTIVATED, visitor, subject=waiting.kid, alg=waiting.alg, active_at=active_at
                )
                return Rotated(waiting.kid, active_at)
        return _already(waiting)


def _newest(connection: Connection, alg: str) -> KeyRecord | None:
    ordered = chain(read_records(connection), alg)
    return ordered[-1] if ordered else None


def _was_stopped(key: KeyRecord) -> bool:
    return key.retired_at is not None or key.revoked_at is not None


def _waits(key: KeyRecord, now: int) -> bool:
    return now < key.active_at and not _was_stopped(key)


def _already(key: KeyRecord) -> AlreadyRotated:
    return AlreadyRotated(key.kid, key.active_at)
