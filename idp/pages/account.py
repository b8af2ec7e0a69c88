"""`/account`: who somebody is here, who keeps each of these facts (S9, S10), and the ways to the rest of the account."""

from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from idp.authenticators import text_code
from idp.pages import paths
from idp.pages.account_door import AccountDoor
from idp.pages.door import Door, notice
from idp.pages.templates import render
from idp.signin.sessions import Session


@dataclass(frozen=True)
class AccountPage:
    """The page."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show the account, after a sign-in if need be."""
        session = AccountDoor(self.door, paths.ACCOUNT).enter(self.door.visit())
        return self._page(session) if isinstance(session, Session) else session

    def _page(self, session: Session) -> str:
        rooms, account = self.door.rooms, session.account
        own, now = rooms.signin.own, rooms.clock.now()
        waits = account.phone is not None and not account.phone_is_usable(now)
        return render(
            "account",
            page="account",
            notice=notice(),
            account_name=account.name,
            user_id=account.user_id,
            waiting=rooms.signin.user_ids.start.waiting(account),
            is_employee=account.is_employee,
            phone=text_code.masked(account) if account.phone else "",
            phone_usable_from=account.phone_usable_from if waits else None,
            registrar=rooms.modules.catalogue.get(account.registered_by),
            session_count=len(own.sessions.of(session)),
            last=own.history.last_sign_in(account.sub, session.sid),
            auth_time=session.auth_time,
        )
