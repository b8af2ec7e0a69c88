"""An authenticator app on the person's phone, whose clock goes with the provider's."""

import re
import time

import pyotp
from playwright.sync_api import Page

from tests.servers.demo import Demo


class AuthenticatorApp:
    """Holds one key (RFC 6238)."""

    def __init__(self, key: str, demo: Demo) -> None:
        self._totp = pyotp.TOTP(key)
        self._demo = demo

    @classmethod
    def of_page(cls, page: Page, demo: Demo) -> "AuthenticatorApp":
        """Type the key off the page that sets the app up."""
        key = page.locator(".mes-key").inner_text()
        return cls(re.sub(r"\s", "", key), demo)

    def code(self) -> str:
        """Return what the app shows now."""
        return self._totp.at(int(time.time()) + self._demo.clock_offset)
