"""Pushed authorization requests (RFC 9126): parameters that a client left with us, and the reference that stands for them.

A reference opens what it stands for to its client only, as often as the browser asks while it is new; what comes of it
happens once: of everybody who completes it, one gets a code.
"""

import json
import secrets
from dataclasses import dataclass
from hashlib import sha256

from idp.oidc.parameters import Parameters
from idp.store.ephemeral import EphemeralStore

REFERENCE = "urn:ietf:params:oauth:request_uri:"
"""What every reference of ours begins with (RFC 9126 2.2)."""


@dataclass(frozen=True)
class PushedRequests:
    """Keeps requests in the ephemeral store, under the SHA-256 of their reference."""

    store: EphemeralStore
    lifetime_seconds: int
    """Until when a browser must have come with the reference; signing in may then take its time."""
    longest_seconds: int
    """Longest time from the browser's coming to the code: as long is remembered what was used."""

    def keep(self, client_id: str, parameters: Parameters) -> str:
        """Keep a request that its client has pushed; return its reference. Raises StoreUnavailable."""
        reference = REFERENCE + secrets.token_urlsafe(32)
        kept = json.dumps([client_id, dict(parameters)], separators=(",", ":"), ensure_ascii=False).encode()
        self.store.put(_key("par", reference), kept, self.lifetime_seconds)
        return reference

    def find(self, reference: str, client_id: str) -> Parameters | None:
        """Return what this client pushed under the reference, unless it ran out or was used. Raises StoreUnavailable."""
        kept = self.store.get(_key("par", reference))
        if kept is None or self.store.get(_key("par-used", reference)) is not None:
            return None
        owner, parameters = json.loads(kept)
        return parameters if owner == client_id else None

    def use(self, reference: str, seconds_ago: int) -> bool:
        """Use the reference up; of many callers, at once or hours apart, one is told True. Raises StoreUnavailable.

        `seconds_ago` is when the browser came with it. Who took longer than is remembered cannot be told from a second one.
        """
        if seconds_ago >= self.longest_seconds:
            return False
        return self.store.put_new(_key("par-used", reference), b"1", self.lifetime_seconds + self.longest_seconds)


def _key(kind: str, reference: str) -> str:
    return f"{kind}:{sha256(reference.encode()).hexdigest()}"
