"""`/account/history`: the person's own sign-ins and invalid attempts of the last 90 days (SECURITY T6)."""

import re
from dataclasses import dataclass
from types import SimpleNamespace

from flask import request
from flask.typing import ResponseReturnValue

from idp.audit.history import DAYS, FAILED
from idp.pages import paths
from idp.pages.account_door import AccountDoor
from idp.pages.door import Door
from idp.pages.templates import render
from idp.signin.browser_kind import browser_kind
from idp.signin.sessions import Session

_ID = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class AccountHistoryPage:
    """The page."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show the newest, or with `before` the next older ones."""
        session = AccountDoor(self.door, paths.ACCOUNT_HISTORY).enter(self.door.visit())
        if not isinstance(session, Session):
            return session
        asked = request.args.get("before", "")
        before = int(asked) if _ID.fullmatch(asked) else None
        lines, older = self.door.rooms.signin.own.history.page(session.account.sub, before)
        return render(
            "account_history",
            page="account",
            days=DAYS,
            is_first=before is None,
            older=paths.with_query(paths.ACCOUNT_HISTORY, before=str(older)) if older is not None else "",
            lines=[
                SimpleNamespace(
                    at=line.at,
                    event=line.event.name,
                    reason=line.reason,
                    kind=browser_kind(line.user_agent),
                    is_failed=line.event in FAILED,
                )
                for line in lines
            ],
        )
