"""For who has no JavaScript, or cannot use the box: a signed ticket that must be some seconds old and is good for once."""

import hmac
import re
import secrets as chance
from dataclasses import dataclass

from idp.clock import Clock
from idp.sealing import RootSecrets, SealBroken
from idp.settings import Captcha
from idp.store.ephemeral import EphemeralStore

# Moment, generation of the key, nonce, signature.
_TICKET = re.compile(r"([0-9]{1,12})\.([0-9]{1,6})\.([0-9a-f]{32})\.([0-9a-f]{64})", re.ASCII)
MOST_CHARACTERS = 150


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket of ours that was read."""

    given_at: int
    nonce: str


@dataclass(frozen=True)
class WaitingTickets:
    """Gives out tickets and takes each one once."""

    clock: Clock
    secrets: RootSecrets
    store: EphemeralStore
    settings: Captcha

    def give(self) -> str:
        """Return a new ticket, given at this moment."""
        now, generation, nonce = self.clock.now(), self.secrets.current, chance.token_hex(16)
        return f"{now}.{generation}.{nonce}.{self._signature(now, generation, nonce)}"

    def read(self, text: str) -> Ticket | None:
        """Return the ticket when it is ours and not too old."""
        found = _TICKET.fullmatch(text) if len(text) <= MOST_CHARACTERS else None
        if found is None:
            return None
        given_at, generation, nonce = int(found[1]), int(found[2]), found[3]
        try:
            expected = self._signature(given_at, generation, nonce)
        except SealBroken:
            return None
        if not hmac.compare_digest(expected, found[4]):
            return None
        return Ticket(given_at, nonce) if self.clock.now() < given_at + self.settings.lifetime_seconds else None

    def seconds_left(self, ticket: Ticket) -> int:
        """Return how long it is until the ticket is good; 0 when it is."""
        return max(0, ticket.given_at + self.settings.wait_seconds - self.clock.now())

    def spend(self, ticket: Ticket) -> bool:
        """Use it up; of many callers one is told True. Raises StoreUnavailable."""
        return self.store.put_new(f"captcha:{ticket.nonce}", b"", self.settings.lifetime_seconds)

    def _signature(self, given_at: int, generation: int, nonce: str) -> str:
        parts = (str(given_at), str(generation), nonce)
        return self.secrets.mac("captcha", "ticket", *parts, generation=generation).hex()
