"""Sign-out everywhere: the session ends, its grants with it, and every client of it is told (OIDC Back-Channel Logout)."""

from dataclasses import dataclass

from idp.audit.trail import Visitor
from idp.signin.sessions import Session


@dataclass(frozen=True)
class SignOut:
    """Ends sessions with all that hangs on them."""

    def __call__(self, session: Session, visitor: Visitor) -> None:
        """End this session, revoke its grants and put a back-channel logout for each client into the outbox, in one go."""
        raise NotImplementedError
