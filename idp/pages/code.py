"""`/sign-in/code`: enter the one-time passcode, from a message or from an app (facts S4, S5, S6)."""

import re
from dataclasses import dataclass
from typing import Any, assert_never

from flask import redirect, request
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.door import Door, Opened, notice
from idp.pages.factor_paths import choices, is_code, recovery_page
from idp.pages.locked import locked_page
from idp.pages.templates import render
from idp.signin.flow import UNMET
from idp.signin.outcomes import (
    Advanced,
    CodeMalformed,
    CodeSpent,
    CodeWrong,
    Locked,
    NotOffered,
    PasscodeSent,
    RecoveryNeeded,
    SendRefused,
)
from idp.signin.steps import Step

LONGEST_CODE = 64


@dataclass(frozen=True)
class CodePage:
    """The page."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show where the code went and the field for it."""
        opened = self.door.open(Step.SECOND_FACTOR, Step.STEP_UP)
        return self._page(opened, notice=notice()) if isinstance(opened, Opened) else opened

    def submit(self) -> ResponseReturnValue:
        """Check the code, or send another one."""
        form = self.door.rooms.kit.forms.read()
        code = without_grouping(form.text("code", LONGEST_CODE))
        wish = form.text("do", LONGEST_CODE)
        opened = self.door.open(Step.SECOND_FACTOR, Step.STEP_UP)
        if not isinstance(opened, Opened):
            return opened
        if not form.is_ours:
            return self._page(opened, notice="stale")
        if wish == "send":
            return self._send_again(opened)
        if wish == "decline":
            error = UNMET if opened.step is Step.STEP_UP else "access_denied"
            return redirect(self.door.rooms.signin.flow.refuse(opened.interaction, error), 303)
        if not code:
            return self._page(opened, problem="empty")
        return self._check(opened, code)

    def _check(self, opened: Opened, code: str) -> ResponseReturnValue:
        visit, rooms = opened.visit, self.door.rooms
        check = rooms.signin.check_app if _asked_method() == "app" else rooms.signin.check_passcode
        outcome = check(opened.interaction, visit.session, code, device_cookie=visit.device, visitor=visit.visitor)
        match outcome:
            case Advanced():
                self.door.bring_language(opened)
                return self.door.go_on(outcome)
            case CodeWrong(tries_left):
                return self._page(opened, problem="wrong", tries_left=tries_left)
            case CodeMalformed():
                return self._page(opened, problem="malformed")
            case CodeSpent():
                return self._page(opened, problem="spent")
            case NotOffered():
                return redirect(opened.path(paths.SIGN_IN), 303)
            case Locked() | RecoveryNeeded():
                return locked_page(opened, outcome)
            case _:
                assert_never(outcome)

    def _send_again(self, opened: Opened) -> ResponseReturnValue:
        visit, method = opened.visit, _asked_method()
        outcome = self.door.rooms.signin.send_passcode(
            opened.interaction, visit.session, method, device_cookie=visit.device, visitor=visit.visitor
        )
        match outcome:
            case PasscodeSent():
                return redirect(opened.path(paths.CODE, method=method, notice="resent"), 303)
            case SendRefused(again_at):
                return self._page(opened, problem="too_soon", again_at=again_at)
            case NotOffered():
                return redirect(opened.path(paths.SIGN_IN), 303)
            case Locked() | RecoveryNeeded():
                return locked_page(opened, outcome)
            case _:
                assert_never(outcome)

    def _page(self, opened: Opened, **context: Any) -> ResponseReturnValue:
        offers = self.door.rooms.signin.flow.offers(opened.interaction, opened.visit.session)
        offer = next((offer for offer in offers if offer.method == _asked_method() and is_code(offer)), None)
        newest = self.door.rooms.signin.send_passcode.current(opened.interaction, opened.visit.session)
        if offer is None or (offer.destination and newest is None):
            return redirect(opened.path(paths.SIGN_IN), 303)
        now = self.door.rooms.clock.now()
        again_at = newest.again_at if newest else now
        is_step_up = opened.step is Step.STEP_UP
        context = {"tries_left": 0, "again_at": again_at, **context}
        return render(
            "code",
            client_name=opened.client_name,
            action=opened.path(paths.CODE, method=offer.method),
            back="" if is_step_up and len(choices(offers)) == 1 else opened.path(paths.SIGN_IN),
            start_over=opened.path(paths.CHOOSE_ACCOUNT),
            is_step_up=is_step_up,
            offer=offer,
            sends=bool(offer.destination),
            recovery=recovery_page(opened, offers),
            expires_at=newest.expires_at if newest else now,
            wait_seconds=max(0, again_at - now),
            **context,
        )


def without_grouping(code: str) -> str:
    """Return a code without the spaces and hyphens by which people and messages group digits."""
    return re.sub(r"[\s-]", "", code)


def _asked_method() -> str:
    return request.args.get("method", "")
