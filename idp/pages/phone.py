"""`/account/phone`: confirm the mobile number that the module has changed, so that it gets codes at once (fact S9)."""

from dataclasses import dataclass
from typing import Any, assert_never

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.code import LONGEST_CODE, without_grouping
from idp.pages.door import Door, notice
from idp.pages.factor_door import FactorDoor
from idp.pages.templates import render
from idp.signin.confirm_phone import NothingToConfirm, PhoneConfirmed, Waiting
from idp.signin.factor_changes import FreshSignInNeeded
from idp.signin.outcomes import CodeMalformed, CodeSpent, CodeWrong, Locked, PasscodeSent, RecoveryNeeded, SendRefused
from idp.signin.sessions import Session
from idp.signin.visit import Visit


@dataclass(frozen=True)
class PhonePage:
    """The page."""

    door: Door

    @property
    def _door(self) -> FactorDoor:
        return FactorDoor(self.door, paths.PHONE)

    def show(self) -> ResponseReturnValue:
        """Show the number that waits, and the field once a code was sent; a fresh sign-in first when it takes one."""
        visit = self.door.visit()
        if visit.session is None:
            return self._door.sign_in_first(None)
        return self._page(visit.session, notice=notice())

    def submit(self) -> ResponseReturnValue:
        """Send a code to the number, or take the one that was typed in."""
        form = self.door.rooms.kit.forms.read()
        code = without_grouping(form.text("code", LONGEST_CODE))
        wish = form.text("do", LONGEST_CODE)
        visit = self.door.visit()
        if visit.session is None:
            return self._door.sign_in_first(None)
        if not form.is_ours:
            return self._page(visit.session, notice="stale")
        if wish == "send":
            return self._send(visit, visit.session)
        if not code:
            return self._page(visit.session, problem="empty")
        return self._confirm(visit, visit.session, code)

    def _send(self, visit: Visit, session: Session) -> ResponseReturnValue:
        outcome = self.door.rooms.signin.own.confirm_phone.send(session, visit.visitor)
        match outcome:
            case PasscodeSent():
                return redirect(paths.with_query(paths.PHONE, notice="resent"), 303)
            case SendRefused(again_at):
                return self._page(session, problem="too_soon", again_at=again_at)
            case Locked():
                return self._locked(outcome)
            case NothingToConfirm():
                return self._nothing(session)
            case FreshSignInNeeded(acr):
                return self._door.sign_in_first(None, acr)
            case _:
                assert_never(outcome)

    def _confirm(self, visit: Visit, session: Session, code: str) -> ResponseReturnValue:
        outcome = self.door.rooms.signin.own.confirm_phone.confirm(
            session, code, device_cookie=visit.device, visitor=visit.visitor
        )
        match outcome:
            case PhoneConfirmed():
                return redirect(paths.with_query(paths.PHONE, notice="phone_confirmed"), 303)
            case CodeWrong(tries_left):
                return self._page(session, problem="wrong", tries_left=tries_left)
            case CodeMalformed():
                return self._page(session, problem="malformed")
            case CodeSpent():
                return self._page(session, problem="spent")
            case Locked() | RecoveryNeeded():
                return self._locked(outcome)
            case NothingToConfirm():
                return self._nothing(session)
            case FreshSignInNeeded(acr):
                return self._door.sign_in_first(None, acr)
            case _:
                assert_never(outcome)

    def _page(self, session: Session, **context: Any) -> ResponseReturnValue:
        waiting = self.door.rooms.signin.own.confirm_phone.look(session)
        match waiting:
            case FreshSignInNeeded(acr):
                return self._door.sign_in_first(None, acr)
            case NothingToConfirm():
                return self._nothing(session, context.get("notice", ""))
            case Waiting(masked, usable_from, sent):
                now = self.door.rooms.clock.now()
                context = {"tries_left": 0, "again_at": sent.again_at if sent else now, **context}
                return render(
                    "phone",
                    page="account",
                    masked=masked,
                    usable_from=usable_from,
                    is_sent=sent is not None,
                    expires_at=sent.expires_at if sent else now,
                    wait_seconds=max(0, sent.again_at - now) if sent else 0,
                    **context,
                )
            case _:
                assert_never(waiting)

    def _nothing(self, session: Session, said: str = "") -> ResponseReturnValue:
        return render("phone_known", page="account", has_number=session.account.phone is not None, notice=said)

    def _locked(self, outcome: Locked | RecoveryNeeded) -> ResponseReturnValue:
        return render(
            "locked",
            has_error=True,
            client_name="",
            until=outcome.until if isinstance(outcome, Locked) else 0,
            again=paths.PHONE,
            reset=paths.RESET_PASSWORD,
        )
