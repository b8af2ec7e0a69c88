"""A person replaces a temporary password, or one that must be changed, at sign-in (facts S7, S8, S12)."""

from dataclasses import dataclass

from idp.audit.trail import Visitor
from idp.signin.interaction import Interaction
from idp.signin.outcomes import NewPasswordOutcome
from idp.signin.sessions import Session


@dataclass(frozen=True)
class SetNewPassword:
    """Sets the password, ends the account's other sessions and grants, tells the owner, and completes the sign-in."""

    def __call__(
        self,
        interaction: Interaction,
        session: Session | None,
        password: str,
        *,
        device_cookie: str | None,
        visitor: Visitor,
    ) -> NewPasswordOutcome:
        """Check the rules and set the password, in one transaction; the code was right before (`proof.acr`)."""
        raise NotImplementedError
