"""Takes signing keys out of use: retire (signs no more, still verifies) and revoke (neither, at once)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.keyring.make_key import Algorithm, make_key
from idp.keyring.records import activate, add, read_records, retire, revoke
from idp.keyring.states import Standing, chain, standings
from idp.sealing import RootSecrets
from idp.settings import Keys
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class NoSuchKey:
    """There is no key with that id, or it is gone or revoked already."""


@dataclass(frozen=True, slots=True)
class OnlyKey:
    """It is the one key that signs and no other waits: rotate first."""

    alg: str


@dataclass(frozen=True, slots=True)
class Retired:
    """The key signs no more. What it signed verifies until `until`; None: it never signed and is gone."""

    until: int | None


@dataclass(frozen=True, slots=True)
class Revoked:
    """The key is out of the JWKS. `replacement` is the key that signs from now on in its place, if it was the signer."""

    replacement: str | None


@dataclass(frozen=True)
class WithdrawKeys:
    """Retires and revokes."""

    database: Database
    clock: Clock
    secrets: RootSecrets
    trail: Trail
    settings: Keys

    def retire(self, kid: str, visitor: Visitor) -> Retired | OnlyKey | NoSuchKey:
        """Have `kid` sign no more. Where it is the signer, the key that waits takes over at once.

        A key that retires already is left as it is.
        """
        now = self.clock.now()
        with self.database.transaction() as connection:
            found = self._standings(connection, now)
            standing = _find(found, kid)
            if standing is None or standing.state in ("gone", "revoked"):
                return NoSuchKey()
            if standing.state == "retiring":
                return Retired(standing.until)
            if standing.state == "active":
                waiting = _waiting(found, standing.key.alg)
                if waiting is None:
                    return OnlyKey(standing.key.alg)
                activate(connection, waiting, now)
            retire(connection, kid, now)
            self.trail.record(connection, Event.KEY_RETIRED, visitor, subject=kid, alg=standing.key.alg)
        return Retired(now + self.settings.retire_seconds if standing.state == "active" else None)

    def revoke(self, kid: str, visitor: Visitor) -> Revoked | NoSuchKey:
        """Have nothing that `kid` signed verify any more. Where it is the signer, another key signs at once.

        That is the one that waits, else a new one.
        """
        now = self.clock.now()
        with self.database.transaction() as connection:
            found = self._standings(connection, now)
            standing = _find(found, kid)
            if standing is None or not revoke(connection, kid, now):
                return NoSuchKey()
            self.trail.record(connection, Event.KEY_REVOKED, visitor, subject=kid, alg=standing.key.alg)
            if standing.state != "active":
                return Revoked(None)
            return Revoked(self._replace(connection, found, cast("Algorithm", standing.key.alg), now, visitor))

    def _replace(
        self, connection: Connection, found: Sequence[Standing], alg: Algorithm, now: int, visitor: Visitor
    ) -> str:
        waiting = _waiting(found, alg)
        if waiting is None:
            made = make_key(alg, self.secrets)
            newest = chain([standing.key for standing in found], alg)[-1]
            if add(connection, made, alg, newest.kid, now, now):
                self.trail.record(connection, Event.KEY_CREATED, visitor, subject=made.kid, alg=alg, active_at=now)
                return made.kid
            # A rotation came first: its key takes over instead of waiting.
            waiting = next(key.kid for key in read_records(connection) if key.predecessor == newest.kid)
        activate(connection, waiting, now)
        self.trail.record(connection, Event.KEY_ACTIVATED, visitor, subject=waiting, alg=alg, active_at=now)
        return waiting

    def _standings(self, connection: Connection, now: int) -> list[Standing]:
        return standings(read_records(connection, lock=True), now, self.settings.retire_seconds)


def _find(found: Sequence[Standing], kid: str) -> Standing | None:
    return next((standing for standing in found if standing.key.kid == kid), None)


def _waiting(found: Sequence[Standing], alg: str) -> str | None:
    return next((s.key.kid for s in found if s.key.alg == alg and s.state == "published"), None)
