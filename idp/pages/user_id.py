"""`/account/user-id`: change the User ID, which is the e-mail address, with a code that is mailed to the new one."""

from dataclasses import dataclass
from typing import Any, assert_never

from flask import make_response, redirect
from flask.typing import ResponseReturnValue

from idp.accounts.user_id import MOST_CHARACTERS
from idp.pages import paths
from idp.pages.code import LONGEST_CODE, without_grouping
from idp.pages.door import Door, notice
from idp.pages.factor_door import FactorDoor
from idp.pages.sign_in import BUSY_SECONDS, LONGEST_PASSWORD
from idp.pages.templates import render
from idp.signin.factor_changes import FreshSignInNeeded
from idp.signin.outcomes import Busy, CodeMalformed, CodeSpent, CodeWrong, Locked, RecoveryNeeded, SendRefused
from idp.signin.own_user_id import (
    Begun,
    NewUserIdFault,
    NothingBegun,
    TooManyChanges,
    UserIdChanged,
    UserIdCodeSent,
    UserIdNotFree,
)
from idp.signin.present_password import PresentWrong
from idp.signin.sessions import Session
from idp.signin.visit import Visit

LONGEST_ADDRESS = 2 * MOST_CHARACTERS


@dataclass(frozen=True)
class UserIdPage:
    """The page, in two steps: the new address, then the code that went there."""

    door: Door

    @property
    def _door(self) -> FactorDoor:
        return FactorDoor(self.door, paths.ACCOUNT_USER_ID)

    def show(self) -> ResponseReturnValue:
        """Ask for the new address, or for the code; a fresh sign-in first when it takes one."""
        visit = self.door.visit()
        if visit.session is None:
            return self._door.sign_in_first(None)
        return self._page(visit.session, notice=notice())

    def submit(self) -> ResponseReturnValue:
        """Mail a code to the new address, take the code, or stop a change that waits."""
        form = self.door.rooms.kit.forms.read()
        code = without_grouping(form.text("code", LONGEST_CODE))
        typed, wish = form.text("user_id", LONGEST_ADDRESS), form.text("do", LONGEST_CODE)
        present = form.text("password", LONGEST_PASSWORD)
        visit = self.door.visit()
        if visit.session is None:
            return self._door.sign_in_first(None)
        if not form.is_ours:
            return self._page(visit.session, notice="stale")
        if visit.session.account.is_employee:
            return self._page(visit.session)
        if wish == "stop":
            return self._stop(visit, visit.session)
        if wish == "check":
            return self._confirm(visit, visit.session, code)
        if wish == "send" and not typed.strip():
            return self._page(visit.session, problem="malformed", asks=True)
        if typed.strip() and not present:
            return self._page(visit.session, problem="password_missing", asks=True, typed=typed)
        return self._send(visit, visit.session, typed, present)

    def _stop(self, visit: Visit, session: Session) -> ResponseReturnValue:
        """Stopping takes no fresh sign-in: it leaves everything as it is."""
        self.door.rooms.signin.user_ids.start.stop(session.account, visit.visitor)
        return redirect(paths.with_query(paths.ACCOUNT, notice="user_id_stays"), 303)

    def _send(self, visit: Visit, session: Session, typed: str, present: str) -> ResponseReturnValue:
        outcome = self.door.rooms.signin.user_ids.own.send(
            session, typed.strip(), present, device_cookie=visit.device, visitor=visit.visitor
        )
        match outcome:
            case PresentWrong(tries_left):
                return self._page(session, problem="password_wrong", asks=True, typed=typed, tries_left=tries_left)
            case Busy():
                answer = make_response(self._page(session, problem="busy", asks=True, typed=typed))
                answer.status_code, answer.headers["Retry-After"] = 503, str(BUSY_SECONDS)
                return answer
            case UserIdCodeSent():
                return redirect(paths.with_query(paths.ACCOUNT_USER_ID, notice="resent"), 303)
            case SendRefused(again_at):
                return self._page(session, problem="too_soon", again_at=again_at, typed=typed)
            case NewUserIdFault(fault):
                return self._page(session, problem=fault.value, asks=True, typed=typed)
            case TooManyChanges():
                return self._page(session, problem="too_many", asks=True)
            case Locked() | RecoveryNeeded():
                return self._locked(outcome)
            case FreshSignInNeeded(acr):
                return self._door.sign_in_first(None, acr)
            case _:
                assert_never(outcome)

    def _confirm(self, visit: Visit, session: Session, code: str) -> ResponseReturnValue:
        outcome = self.door.rooms.signin.user_ids.own.confirm(
            session, code, device_cookie=visit.device, visitor=visit.visitor
        )
        match outcome:
            case UserIdChanged(_, cookies):
                done = redirect(paths.with_query(paths.ACCOUNT, notice="user_id_changed"), 303)
                return self.door.remember(done, cookies)
            case UserIdNotFree():
                return self._page(session, problem="not_free", asks=True)
            case CodeWrong(tries_left):
                return self._page(session, problem="wrong", tries_left=tries_left)
            case CodeMalformed():
                return self._page(session, problem="code_malformed" if code else "code_empty")
            case CodeSpent():
                return self._page(session, problem="spent")
            case Locked() | RecoveryNeeded():
                return self._locked(outcome)
            case NothingBegun():
                return self._page(session, problem="over", asks=True)
            case FreshSignInNeeded(acr):
                return self._door.sign_in_first(None, acr)
            case _:
                assert_never(outcome)

    def _page(self, session: Session, *, asks: bool = False, **context: Any) -> ResponseReturnValue:
        """Show the step that the session stands at; with `asks` the first one, whatever it has begun."""
        account = session.account
        if account.is_employee:
            return render("user_id_kept", page="account", user_id=account.user_id)
        found = self.door.rooms.signin.user_ids.own.look(session)
        if isinstance(found, FreshSignInNeeded):
            return self._door.sign_in_first(None, found.acr)
        now = self.door.rooms.clock.now()
        if isinstance(found, Begun) and not asks and found.expires_at >= now:
            return render(
                "user_id_code",
                page="account",
                new=found.new,
                expires_at=found.expires_at,
                wait_seconds=max(0, found.again_at - now),
                **{"tries_left": 0, "again_at": found.again_at, **context},
            )
        waiting = self.door.rooms.signin.user_ids.start.waiting(account)
        return render(
            "user_id",
            page="account",
            user_id=account.user_id,
            waiting=None if waiting is None or waiting.started_by == "person" else waiting,
            **{"typed": "", "again_at": now, "tries_left": 0, **context},
        )

    def _locked(self, outcome: Locked | RecoveryNeeded) -> ResponseReturnValue:
        return render(
            "locked",
            has_error=True,
            client_name="",
            until=outcome.until if isinstance(outcome, Locked) else 0,
            again=paths.ACCOUNT_USER_ID,
            reset=paths.RESET_PASSWORD,
        )
