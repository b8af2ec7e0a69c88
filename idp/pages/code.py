"""`/sign-in/code`: enter the one-time passcode, from a message or from an app (facts S4, S5, S6)."""

import re
from dataclasses import dataclass
from typing import Any, assert_never

from flask import redirect, request
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.door import Door, Opened, notice
from idp.pages.factor_frame import decline, frame, leave
from idp.pages.factor_paths import is_code
from idp.pages.templates import render
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
            return decline(self.door, opened)
        if not code:
            return self._page(opened, problem="empty")
        return self._check(opened, code)

    def _check(self, opened: Opened, code: str) -> ResponseReturnValue:
        signin = self.door.rooms.signin
        check = signin.check_app if _asked_method() == "app" else signin.check_passcode
        outcome = check(opened.interaction, opened.visit, code)
        match outcome:
            case CodeWrong(tries_left):
                return self._page(opened, problem="wrong", tries_left=tries_left)
            case CodeMalformed():
                return self._page(opened, problem="malformed")
            case CodeSpent():
                return self._page(opened, problem="spent")
            case Advanced() | NotOffered() | Locked() | RecoveryNeeded():
                return leave(self.door, opened, outcome)
            case _:
                assert_never(outcome)

    def _send_again(self, opened: Opened) -> ResponseReturnValue:
        method = _asked_method()
        outcome = self.door.rooms.signin.send_passcode(opened.interaction, opened.visit, method)
        match outcome:
            case PasscodeSent():
                return redirect(opened.path(paths.CODE, method=method, notice="resent"), 303)
            case SendRefused(again_at):
                return self._page(opened, problem="too_soon", again_at=again_at)
            case NotOffered() | Locked():
                return leave(self.door, opened, outcome)
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
        context = {"tries_left": 0, "again_at": again_at, **context}
        return render(
            "code",
            action=opened.path(paths.CODE, method=offer.method),
            offer=offer,
            sends=bool(offer.destination),
            expires_at=newest.expires_at if newest else now,
            wait_seconds=max(0, again_at - now),
            **frame(opened, offers),
            **context,
        )


def without_grouping(code: str) -> str:
    """Return a code without the spaces and hyphens by which people and messages group digits."""
    return re.sub(r"[\s-]", "", code)


def _asked_method() -> str:
    return request.args.get("method", "")
