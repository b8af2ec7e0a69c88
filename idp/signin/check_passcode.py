"""A person gives the one-time passcode (facts S5, S11)."""

from dataclasses import dataclass

from idp.audit.trail import Visitor
from idp.signin.interaction import Interaction
from idp.signin.outcomes import CodeOutcome
from idp.signin.sessions import Session


@dataclass(frozen=True)
class CheckPasscode:
    """Checks a code that was sent; the right one completes the sign-in, or raises the session in a step-up."""

    def __call__(
        self,
        interaction: Interaction,
        session: Session | None,
        code: str,
        *,
        device_cookie: str | None,
        visitor: Visitor,
    ) -> CodeOutcome:
        """Reserve an attempt, check the newest code of this interaction, and complete in one transaction."""
        raise NotImplementedError
