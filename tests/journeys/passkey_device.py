"""An authenticator in a browser's own hands: Chromium's virtual one, with or without a check of who is there."""

from types import TracebackType

from playwright.sync_api import CDPSession, Page


class PasskeyDevice:
    """A virtual authenticator of a page's browser (WebDriver: Web Authentication extension 11.2)."""

    def __init__(self, page: Page, *, verifies_user: bool = True, transport: str = "internal") -> None:
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable", {"enableUI": False})
        options = {
            "protocol": "ctap2",
            "transport": transport,
            # Without a check of who is there, an authenticator keeps no list of its own.
            "hasResidentKey": verifies_user,
            "hasUserVerification": verifies_user,
            "isUserVerified": verifies_user,
            "automaticPresenceSimulation": True,
        }
        answer = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = answer["authenticatorId"]

    def takes_away(self) -> None:
        """Unplug it."""
        self._cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self._id})

    def recognises(self, *, yes: bool) -> None:
        """Have it recognise its owner from now on, or refuse."""
        self._cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": yes})

    def __enter__(self) -> "PasskeyDevice":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cdp.detach()
