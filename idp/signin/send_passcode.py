"""A one-time passcode is sent by mail or text message (facts S4, S5)."""

from dataclasses import dataclass

from idp.audit.trail import Visitor
from idp.signin.interaction import Interaction
from idp.signin.outcomes import PasscodeSent, SendOutcome
from idp.signin.sessions import Session


@dataclass(frozen=True)
class SendPasscode:
    """Makes a code, keeps its keyed hash and puts the message into the outbox, in one transaction."""

    def __call__(
        self,
        interaction: Interaction,
        session: Session | None,
        method: str,
        *,
        device_cookie: str | None,
        visitor: Visitor,
    ) -> SendOutcome:
        """Send a new code by `method` (`email` or `text`); the one before no longer works."""
        raise NotImplementedError

    def current(self, interaction: Interaction, session: Session | None) -> PasscodeSent | None:
        """Return what the code page shows about the newest code of this interaction; None when none was sent."""
        raise NotImplementedError
