"""Challenges that a passkey signs: each for one account, purpose and place, for a quarter of an hour, answered once.

A page that only shows a challenge keeps nothing: the challenge carries its own expiry and a keyed hash over what it is bound
to. That it is answered once is decided in SQL by an insert, in the transaction of what the answer brings.
"""

import hmac
import secrets as chance
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from idp.authenticators.model import spent_challenges
from idp.clock import Clock
from idp.sealing import RootSecrets, SealBroken
from idp.store.database import Database

LIFETIME_SECONDS = 900

_NONCE_BYTES = 16
_EXPIRY = slice(16, 24)
_GENERATION = slice(24, 28)
_HEAD_BYTES = 28
_LENGTH = _HEAD_BYTES + 32
_spent = spent_challenges.c


@dataclass(frozen=True, slots=True)
class Binding:
    """What a challenge is good for."""

    purpose: Literal["create", "get"]
    account_id: int
    place: str
    """The interaction, or the session (`sid`), whose page showed it."""


@dataclass(frozen=True)
class PasskeyChallenges:
    """Makes and spends challenges."""

    clock: Clock
    secrets: RootSecrets

    def make(self, binding: Binding) -> bytes:
        """Return a new challenge."""
        expires_at = self.clock.now() + LIFETIME_SECONDS
        head = chance.token_bytes(_NONCE_BYTES) + expires_at.to_bytes(8, "big")
        head += self.secrets.current.to_bytes(4, "big")
        return head + self._mac(head, binding)

    def is_live(self, challenge: bytes, binding: Binding) -> bool:
        """Whether we made the challenge for this very purpose, and not too long ago."""
        if len(challenge) != _LENGTH:
            return False
        head, mac = challenge[:_HEAD_BYTES], challenge[_HEAD_BYTES:]
        try:
            is_ours = hmac.compare_digest(self._mac(head, binding), mac)
        except SealBroken:
            return False
        return is_ours and int.from_bytes(challenge[_EXPIRY], "big") >= self.clock.now()

    def spend(self, connection: Connection, challenge: bytes) -> bool:
        """Answer a live challenge in the caller's transaction; of many callers one is told True."""
        row = {
            "challenge_hash": sha256(challenge).hexdigest(),
            "expires_at": int.from_bytes(challenge[_EXPIRY], "big"),
        }
        try:
            with connection.begin_nested():
                connection.execute(insert(spent_challenges).values(row))
        except IntegrityError:
            return False
        return True

    def _mac(self, head: bytes, binding: Binding) -> bytes:
        parts = (binding.purpose, str(binding.account_id), binding.place, head.hex())
        return self.secrets.mac("passkey-challenge", *parts, generation=int.from_bytes(head[_GENERATION], "big"))


@dataclass(frozen=True)
class SweepPasskeyChallenges:
    """For housekeeping: forgets answers to challenges that nobody could answer any more anyhow."""

    database: Database
    clock: Clock

    def __call__(self, most: int = 1_000) -> int:
        """Delete up to `most` rows; return how many. Raises StoreUnavailable."""
        old = select(_spent.challenge_hash).where(_spent.expires_at < self.clock.now() - LIFETIME_SECONDS).limit(most)
        with self.database.reading() as connection:
            return connection.execute(delete(spent_challenges).where(_spent.challenge_hash.in_(old))).rowcount
