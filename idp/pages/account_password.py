"""`/account/password`: change the password, with the present one and a fresh sign-in (SECURITY P9)."""

from dataclasses import dataclass
from typing import Any, assert_never

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.account_door import AccountDoor
from idp.pages.door import Door
from idp.pages.sign_in import BUSY_SECONDS, LONGEST_PASSWORD
from idp.pages.templates import render
from idp.signin.change_password import Changed, KeptElsewhere, SamePassword, SessionOver
from idp.signin.factor_changes import FreshSignInNeeded
from idp.signin.outcomes import Busy, Locked, PasswordRefused, RecoveryNeeded
from idp.signin.present_password import PresentWrong
from idp.signin.sessions import Session
from idp.signin.visit import Visit


@dataclass(frozen=True)
class AccountPasswordPage:
    """The page."""

    door: Door

    @property
    def _door(self) -> AccountDoor:
        return AccountDoor(self.door, paths.ACCOUNT_PASSWORD)

    def show(self) -> ResponseReturnValue:
        """Show the form; a fresh sign-in first when it takes one."""
        session = self._door.enter(self.door.visit())
        if not isinstance(session, Session):
            return session
        match self.door.rooms.signin.own.change_password.needed(session):
            case FreshSignInNeeded():
                return self._door.sign_in_again()
            case KeptElsewhere():
                return self._kept_elsewhere()
            case None:
                return self._page(session)

    def submit(self) -> ResponseReturnValue:
        """Change it."""
        form = self.door.rooms.kit.forms.read()
        present = form.text("password", LONGEST_PASSWORD)
        new = form.text("new_password", LONGEST_PASSWORD)
        repeated = form.text("repeated", LONGEST_PASSWORD)
        visit = self.door.visit()
        session = self._door.enter(visit)
        if not isinstance(session, Session):
            return session
        if not form.is_ours:
            return self._page(session, notice="stale")
        missing = [name for name, value in (("password", present), ("new_password", new)) if not value]
        if missing:
            return self._page(session, missing=missing, problem="empty")
        if new != repeated:
            return self._page(session, problem="mismatch")
        return self._change(visit, session, present, new)

    def _change(self, visit: Visit, session: Session, present: str, new: str) -> ResponseReturnValue:
        outcome = self.door.rooms.signin.own.change_password(
            session, present, new, device_cookie=visit.device, visitor=visit.visitor
        )
        match outcome:
            case Changed(cookies):
                answer = redirect(paths.with_query(paths.ACCOUNT, notice="password_changed"), 303)
                return self.door.remember(answer, cookies)
            case PresentWrong(tries_left):
                return self._page(session, problem="wrong", tries_left=tries_left)
            case SamePassword():
                return self._page(session, problem="same")
            case PasswordRefused(rules):
                return self._page(session, problem="refused", broken=[rule.value for rule in rules])
            case Locked(until):
                return self._page(session, problem="locked", until=until)
            case RecoveryNeeded():
                return self._page(session, problem="recovery_needed")
            case Busy():
                return self._page(session, problem="busy"), 503, {"Retry-After": str(BUSY_SECONDS)}
            case FreshSignInNeeded() | SessionOver():
                return self._door.sign_in_again()
            case KeptElsewhere():
                return self._kept_elsewhere()
            case _:
                assert_never(outcome)

    def _kept_elsewhere(self) -> str:
        return render("account_password_elsewhere", page="account")

    def _page(self, session: Session, **context: Any) -> str:
        return render(
            "account_password",
            page="account",
            user_id=session.account.user_id,
            **{"broken": [], "missing": [], "tries_left": 0, "until": 0, **context},
        )
