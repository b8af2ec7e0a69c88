"""A person gives the code that an authenticator app shows (RFC 6238)."""

from dataclasses import dataclass

from idp.audit.trail import Visitor
from idp.signin.interaction import Interaction
from idp.signin.outcomes import CodeOutcome
from idp.signin.sessions import Session


@dataclass(frozen=True)
class CheckApp:
    """Checks a code of the enrolled app; the right one completes the sign-in, or raises the session in a step-up."""

    def __call__(
        self,
        interaction: Interaction,
        session: Session | None,
        code: str,
        *,
        device_cookie: str | None,
        visitor: Visitor,
    ) -> CodeOutcome:
        """Reserve an attempt, check the code, and complete in one transaction."""
        raise NotImplementedError
