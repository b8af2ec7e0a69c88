"""Nonces for DPoP proofs (RFC 9449 8 and 9): who has one of ours made the proof within the last minutes, whatever its clock says.

A nonce is a slot of time and a keyed hash of it. No store keeps it, every worker and node knows it, and it runs out by itself.
It is not for one client alone: what is used once is the proof's jti.
"""

import hmac
import re
from dataclasses import dataclass, field

from idp.base64url import base64url
from idp.clock import Clock
from idp.sealing import RootSecrets

_PURPOSE = "dpop-nonce"
_SHAPE = re.compile(r"([0-9]{1,12})\.[A-Za-z0-9_-]{22}")


@dataclass(frozen=True)
class DpopNonces:
    """Makes and knows them. Thread-safe."""

    secrets: RootSecrets
    clock: Clock
    slot_seconds: int
    """How long one is handed out; it is accepted for another slot after that."""
    _made: dict[int, str] = field(default_factory=dict, repr=False)

    @property
    def longest_seconds(self) -> int:
        """Longest time for which one is accepted: the next slot's, that a faster node handed out, over three slots."""
        return 3 * self.slot_seconds

    def current(self) -> str:
        """Return the nonce to hand out now."""
        slot = self._slot()
        made = self._made.get(slot)
        if made is None:
            made = _text(slot, self.secrets.mac(_PURPOSE, str(slot)))
            self._made.clear()
            self._made[slot] = made
        return made

    def is_good(self, nonce: str) -> bool:
        """Whether a node of ours handed this out and it has not run out."""
        match = _SHAPE.fullmatch(nonce)
        if match is None:
            return False
        slot = int(match[1])
        # A node whose clock is a little ahead has handed out the next one already.
        if not self._slot() - 1 <= slot <= self._slot() + 1:
            return False
        return any(
            hmac.compare_digest(nonce.encode(), _text(slot, mac).encode())
            for mac in self.secrets.macs(_PURPOSE, str(slot))
        )

    def _slot(self) -> int:
        return self.clock.now() // self.slot_seconds


def _text(slot: int, mac: bytes) -> str:
    return f"{slot}.{base64url(mac[:16])}"
