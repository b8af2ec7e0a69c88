"""A person sees where they are signed in, and ends what should not be (SECURITY S4, S5)."""

from dataclasses import dataclass

from sqlalchemy import select

from idp.accounts.accounts import Accounts
from idp.audit.trail import Visitor
from idp.signin.browser_kind import BrowserKind, browser_kind
from idp.signin.end_sessions import EndSessions
from idp.signin.model import sessions as sessions_table
from idp.signin.sessions import BrowserSessions, Session
from idp.store.database import Database

_row = sessions_table.c


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One signed-in browser of the person."""

    sid: str
    kind: BrowserKind
    began_at: int
    last_seen_at: int
    is_this: bool
    """Whether it is the browser that asks."""


@dataclass(frozen=True)
class OwnSessions:
    """Everything here is about the account of the session that asks: a `sid` of anybody else's is none."""

    database: Database
    accounts: Accounts
    sessions: BrowserSessions
    end_sessions: EndSessions

    def of(self, session: Session) -> list[OwnSession]:
        """Return the person's live sessions, this one first, then the newest."""
        with self.database.reading() as connection:
            live = self.sessions.live(connection, session.account.id)
            rows = connection.execute(
                select(_row.sid, _row.user_agent, _row.created_at, _row.last_seen_at)
                .where(_row.sid.in_(live))
                .order_by(_row.id.desc())
            ).all()
        found = [
            OwnSession(row.sid, browser_kind(row.user_agent), row.created_at, row.last_seen_at, row.sid == session.sid)
            for row in rows
        ]
        return sorted(found, key=lambda one: not one.is_this)

    def end(self, session: Session, sid: str, visitor: Visitor) -> bool:
        """End one of the person's other sessions, with all that was granted in it; False when there is no such one."""
        with self.database.transaction() as connection:
            self.accounts.hold(connection, session.account.id)
            # Looked up among the person's own: ids of others' sessions are known to modules.
            live = self.sessions.live(connection, session.account.id)
            if session.sid not in live or sid not in live or sid == session.sid:
                return False
            return self.end_sessions.one(connection, sid, session.account, visitor, reason="ended_by_owner")

    def end_others(self, session: Session, visitor: Visitor) -> bool:
        """End every session but this one; False, and nothing ends, when this one is over itself."""
        with self.database.transaction() as connection:
            self.accounts.hold(connection, session.account.id)
            if session.sid not in self.sessions.live(connection, session.account.id):
                return False
            self.end_sessions.others(connection, session.sid, session.account, visitor, reason="ended_by_owner")
        return True
