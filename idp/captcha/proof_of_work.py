"""A sum that takes a browser a second and us nothing to check (ALTCHA): no puzzle, no third party, nothing about the person.

The library knows neither our clock nor single use, so both stand here: what expires is our own signed `until`, and a solved
challenge is remembered by its nonce, which is under the signature, whatever else of the answer is varied.
"""

import json
import random
from dataclasses import dataclass

from altcha import Challenge, Payload, create_challenge, verify_solution

from idp.clock import Clock
from idp.sealing import RootSecrets, SealBroken
from idp.settings import Captcha
from idp.store.ephemeral import EphemeralStore

ALGORITHM = "PBKDF2/SHA-256"
MOST_CHARACTERS = 4_096
"""Longest solution that is read; a real one has under 1,000."""


@dataclass(frozen=True)
class ProofOfWork:
    """Gives out challenges and takes each solution once."""

    clock: Clock
    secrets: RootSecrets
    store: EphemeralStore
    settings: Captcha

    def challenge(self) -> str:
        """Return a new signed challenge, in JSON for the widget."""
        # The counter decides how long the browser works: never less than half of the most. No secret hangs on it.
        counter = random.randint(self.settings.tries // 2, self.settings.tries)  # noqa: S311
        key, key_of_answer = self._keys(self.secrets.current)
        made: Challenge = create_challenge(
            ALGORITHM,
            self.settings.iterations,
            counter=counter,
            data={"until": self.clock.now() + self.settings.lifetime_seconds, "generation": self.secrets.current},
            hmac_secret=key,
            hmac_key_secret=key_of_answer,
        )
        return json.dumps(made.to_dict(), separators=(",", ":"))

    def spend(self, solution: str) -> bool:
        """Tell whether `solution` answers a challenge of ours in time, for the first time. Raises StoreUnavailable."""
        payload = _read(solution)
        data = None if payload is None else payload.challenge.parameters.data
        generation = data.get("generation") if isinstance(data, dict) else None
        if payload is None or not isinstance(data, dict) or type(generation) is not int:
            return False
        try:
            key, key_of_answer = self._keys(generation)
        except SealBroken:
            return False
        if not verify_solution(payload, key, hmac_key_secret=key_of_answer).verified:
            return False
        # From here on everything in the challenge is what we signed.
        if data["until"] <= self.clock.now():
            return False
        nonce = payload.challenge.parameters.nonce
        return self.store.put_new(f"captcha:{nonce}", b"", self.settings.lifetime_seconds)

    def _keys(self, generation: int) -> tuple[bytes, bytes]:
        return (
            self.secrets.mac("captcha", "challenge", generation=generation),
            self.secrets.mac("captcha", "answer", generation=generation),
        )


def _read(solution: str) -> Payload | None:
    if len(solution) > MOST_CHARACTERS:
        return None
    try:
        return Payload.from_base64(solution)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
