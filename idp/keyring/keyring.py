"""The signing keys as a serving process holds them: parsed once, refreshed within seconds of a rotation, never made here.

While the database is away, or a changed ring turns out damaged, the last good set goes on (SECURITY 4.3, 4.12).
"""

import json
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from joserfc.jwk import KeySet
from sqlalchemy import Connection, select

from idp.clock import Clock
from idp.keyring.make_key import (
    ALGORITHMS,
    NEEDED_ALGORITHMS,
    KeyFault,
    SigningKey,
    open_private,
    parse_public,
    public_members,
)
from idp.keyring.model import signing_keys
from idp.keyring.records import VERSION, read_records
from idp.keyring.states import IN_JWKS, Standing, standings
from idp.sealing import RootSecrets
from idp.settings import Keys
from idp.store.database import Database, StoreUnavailable
from idp.store.versions import Versions

AFTER_FAULT_SECONDS = 1.0
"""How long after a failed reading the last good set goes on before the next try."""

_log = logging.getLogger(__name__)


class NoActiveKey(Exception):
    """There is no key that may sign with this algorithm. The message names the cure."""


@dataclass(frozen=True, slots=True)
class _Ring:
    """What holds until `until`, as long as the stored version is `stored_version`."""

    stored_version: int
    until: int | None
    signing: dict[str, SigningKey]
    jwks: dict[str, list[dict[str, str]]]
    verification: KeySet
    version: int


class Keyring:
    """Signing and verification keys of this process. Thread-safe."""

    def __init__(
        self, database: Database, clock: Clock, secrets: RootSecrets, versions: Versions, settings: Keys
    ) -> None:
        self._database = database
        self._clock = clock
        self._secrets = secrets
        self._versions = versions
        self._settings = settings
        self._private: dict[str, SigningKey] = {}
        self._public: dict[str, tuple[dict[str, str], SigningKey]] = {}
        self._ring: _Ring | None = None
        self._read_again_at = 0.0
        self._reading = threading.Lock()

    def check(self) -> None:
        """Read everything afresh, for a start-up check. Raises NoActiveKey, KeyFault or StoreUnavailable."""
        with self._reading:
            self._ring = self._read()
        for alg in NEEDED_ALGORITHMS:
            self.signing_key(alg)

    def signing_key(self, alg: str) -> SigningKey:
        """Return the private key that signs with `alg` now, with its `kid`. Raises NoActiveKey."""
        key = self._current().signing.get(alg)
        if key is None:
            raise NoActiveKey(f"there is no active {alg} signing key; run `idp keys rotate --alg {alg}`")
        return key

    def algorithms(self) -> list[str]:
        """Return the algorithms that there are keys for: what clients may ask us to sign with."""
        there = {key["alg"] for key in self._current().jwks["keys"]}
        return [alg for alg in ALGORITHMS if alg in there]

    def jwks(self) -> dict[str, Any]:
        """Return the JWK Set (RFC 7517 5) that clients see: public members, `use`, `alg` and `kid` only."""
        return dict(self._current().jwks)

    def verification_keys(self) -> KeySet:
        """Return the public keys whose signatures we accept: what the JWKS shows."""
        return self._current().verification

    @property
    def version(self) -> int:
        """A number that is another one whenever the JWKS is, and the same in every process."""
        return self._current().version

    def _current(self) -> _Ring:
        ring = self._ring
        if ring is not None and (time.monotonic() < self._read_again_at or not self._is_outdated(ring)):
            return ring
        # One thread reads; the others go on with what they have, and wait only where there is nothing yet.
        if self._reading.acquire(blocking=ring is None):
            try:
                ring = self._ring
                if ring is None or self._is_outdated(ring):
                    ring = self._ring = self._refreshed(ring)
            finally:
                self._reading.release()
        assert ring is not None  # noqa: S101 - only a first reader waits, and it read or raised
        return ring

    def _is_outdated(self, ring: _Ring) -> bool:
        if ring.until is not None and self._clock.now() >= ring.until:
            return True
        return self._versions.current(VERSION) != ring.stored_version

    def _refreshed(self, last_good: _Ring | None) -> _Ring:
        try:
            return self._read()
        except (StoreUnavailable, KeyFault) as error:
            if last_good is None:
                raise
            # The machine's monotonic clock: how often to try, so that a fault costs one request a second, not each.
            self._read_again_at = time.monotonic() + AFTER_FAULT_SECONDS
            _log.error("signing keys cannot be read again, the last good set goes on: %s", error)
            return last_good

    def _read(self) -> _Ring:
        stored_version = self._versions.current(VERSION)
        now = self._clock.now()
        with self._database.reading() as connection:
            found = standings(read_records(connection), now, self._settings.retire_seconds)
            # A later release may sign with more; its nodes serve beside ours while it is rolled out.
            shown = [standing for standing in found if standing.state in IN_JWKS and standing.key.alg in ALGORITHMS]
            self._parse_new(connection, shown)
        jwks = [self._public[standing.key.kid][0] for standing in shown]
        content = json.dumps(jwks, sort_keys=True).encode()
        return _Ring(
            stored_version=stored_version,
            until=min((standing.until for standing in shown if standing.until is not None), default=None),
            signing={s.key.alg: self._private[s.key.kid] for s in shown if s.state == "active"},
            jwks={"keys": jwks},
            verification=KeySet([self._public[standing.key.kid][1] for standing in shown]),
            version=int.from_bytes(sha256(content).digest()[:7], "big"),
        )

    def _parse_new(self, connection: Connection, shown: Sequence[Standing]) -> None:
        """Parse what is not parsed yet, private parts of keys that sign now or next, and forget what is not shown."""
        kids = {standing.key.kid for standing in shown}
        signers = {standing.key.kid for standing in shown if standing.state != "retiring"}
        row = signing_keys.c
        missing = (kids - self._public.keys()) | (signers - self._private.keys())
        stored = connection.execute(
            select(row.kid, row.alg, row.public_jwk, row.sealed_private).where(row.kid.in_(missing))
        ).all()
        for kid, alg, public_jwk, sealed_private in stored:
            key = parse_public(kid, alg, public_jwk)
            self._public[kid] = (public_members(key, alg, kid), key)
            if kid in signers:
                self._private[kid] = open_private(kid, alg, sealed_private, self._secrets)
        self._public = {kid: self._public[kid] for kid in kids}
        self._private = {kid: self._private[kid] for kid in signers}
