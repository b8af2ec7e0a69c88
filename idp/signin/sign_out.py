"""Sign-out everywhere: the session ends, its grants with it, and every client of it is told (OIDC Back-Channel Logout)."""

from dataclasses import dataclass

from idp.audit.trail import Visitor
from idp.signin.end_sessions import EndSessions
from idp.signin.sessions import Session
from idp.store.database import Database


@dataclass(frozen=True)
class SignOut:
    """What "Sign out" does, here or in a module."""

    database: Database
    end_sessions: EndSessions

    def __call__(self, session: Session, visitor: Visitor) -> None:
        """End this session, revoke its grants and put a back-channel logout for each client into the outbox, in one go."""
        with self.database.transaction() as connection:
            self.end_sessions.one(connection, session.sid, session.account, visitor, reason="sign_out")
