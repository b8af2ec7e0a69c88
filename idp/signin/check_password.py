"""A person gives User ID and password (facts S1, S2, S11)."""

from dataclasses import dataclass

from idp.audit.trail import Visitor
from idp.signin.interaction import Interaction
from idp.signin.outcomes import PasswordOutcome
from idp.signin.sessions import Session


@dataclass(frozen=True)
class CheckPassword:
    """Checks the password, a temporary password, or an employee's password with the directory."""

    def __call__(
        self,
        interaction: Interaction,
        session: Session | None,
        user_id: str,
        password: str,
        *,
        device_cookie: str | None,
        visitor: Visitor,
    ) -> PasswordOutcome:
        """Reserve an attempt, verify, and go on to the second factor (an employee: to the end).

        `session` is the browser's present session, renewed or ended by the new sign-in. Raises StoreUnavailable.
        """
        raise NotImplementedError
