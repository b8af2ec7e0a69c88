"""`/account/sessions`: where somebody is signed in, and the buttons that end what should not be (SECURITY S4, S5).

No address is shown: whoever has taken one session over would learn from it where the owner is.
"""

from dataclasses import dataclass

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.account_door import AccountDoor
from idp.pages.door import Door, notice
from idp.pages.templates import render
from idp.signin.sessions import MOST_SESSIONS, Session

LONGEST_SID = 64


@dataclass(frozen=True)
class AccountSessionsPage:
    """The page."""

    door: Door

    @property
    def _door(self) -> AccountDoor:
        return AccountDoor(self.door, paths.ACCOUNT_SESSIONS)

    def show(self) -> ResponseReturnValue:
        """Show the list."""
        session = self._door.enter(self.door.visit())
        return self._page(session, notice()) if isinstance(session, Session) else session

    def submit(self) -> ResponseReturnValue:
        """End one session, or all but this one."""
        form = self.door.rooms.kit.forms.read()
        sid, wish = form.text("session", LONGEST_SID), form.text("do", LONGEST_SID)
        visit = self.door.visit()
        session = self._door.enter(visit)
        if not isinstance(session, Session):
            return session
        if not form.is_ours:
            return self._page(session, "stale")
        own = self.door.rooms.signin.own.sessions
        if wish == "end_others":
            own.end_others(session, visit.visitor)
            said = "sessions_ended"
        else:
            said = "session_ended" if own.end(session, sid, visit.visitor) else "session_gone"
        return redirect(paths.with_query(paths.ACCOUNT_SESSIONS, notice=said), 303)

    def _page(self, session: Session, said: str) -> str:
        return render(
            "account_sessions",
            page="account",
            notice=said,
            sessions=self.door.rooms.signin.own.sessions.of(session),
            most_sessions=MOST_SESSIONS,
        )
