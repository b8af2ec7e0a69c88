"""The cookie that shows that a browser completed a sign-in before (SECURITY 2.3): attempts of its own, never a factor."""

import hmac
import re
import secrets as chance
from dataclasses import dataclass

from idp.clock import Clock
from idp.sealing import RootSecrets, SealBroken
from idp.settings import Lockout

_COOKIE = re.compile(r"([0-9]{1,6})\.([0-9]{1,12})\.([A-Za-z0-9_-]{22})\.([0-9a-f]{64})")


@dataclass(frozen=True)
class KnownDevices:
    """Makes and reads the cookie. It names the User ID only inside its MAC."""

    clock: Clock
    secrets: RootSecrets
    settings: Lockout

    def read(self, cookie: str | None, user_id: str) -> str | None:
        """Return the nonce of this browser when the cookie was made for this User ID and is not too old."""
        match = _COOKIE.fullmatch(cookie or "")
        if match is None:
            return None
        generation, issued_at, nonce, mac = match.groups()
        try:
            expected = self._mac(user_id, nonce, issued_at, int(generation))
        except SealBroken:
            return None
        age = self.clock.now() - int(issued_at)
        is_ours = hmac.compare_digest(expected, mac)
        return nonce if is_ours and 0 <= age < self.settings.device_days * 86_400 else None

    def issue(self, user_id: str, present: str | None) -> tuple[str, str]:
        """Return a new cookie and its nonce, after a complete sign-in; the nonce of a good `present` cookie stays."""
        nonce = self.read(present, user_id) or chance.token_urlsafe(16)
        issued_at = str(self.clock.now())
        generation = self.secrets.current
        return f"{generation}.{issued_at}.{nonce}.{self._mac(user_id, nonce, issued_at, generation)}", nonce

    def _mac(self, user_id: str, nonce: str, issued_at: str, generation: int) -> str:
        return self.secrets.mac("known-device", user_id, nonce, issued_at, generation=generation).hex()
