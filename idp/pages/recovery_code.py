"""`/sign-in/recovery-code`: give a recovery code when the app or the passkey is lost."""

from dataclasses import dataclass
from typing import Any, assert_never

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.code import LONGEST_CODE
from idp.pages.door import Door, Opened
from idp.pages.factor_paths import recovery_page
from idp.pages.locked import locked_page
from idp.pages.templates import render
from idp.signin.outcomes import Advanced, CodeMalformed, CodeSpent, CodeWrong, Locked, NotOffered, RecoveryNeeded
from idp.signin.steps import Step


@dataclass(frozen=True)
class RecoveryCodePage:
    """The page."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show the field."""
        opened = self.door.open(Step.SECOND_FACTOR, Step.STEP_UP)
        return self._page(opened) if isinstance(opened, Opened) else opened

    def submit(self) -> ResponseReturnValue:
        """Check the code."""
        form = self.door.rooms.kit.forms.read()
        code = form.text("code", LONGEST_CODE)
        opened = self.door.open(Step.SECOND_FACTOR, Step.STEP_UP)
        if not isinstance(opened, Opened):
            return opened
        if not form.is_ours:
            return self._page(opened, notice="stale")
        if not code.strip():
            return self._page(opened, problem="empty")
        visit = opened.visit
        outcome = self.door.rooms.signin.check_recovery_code(
            opened.interaction, visit.session, code, device_cookie=visit.device, visitor=visit.visitor
        )
        match outcome:
            case Advanced():
                self.door.bring_language(opened)
                return self.door.go_on(outcome)
            case CodeWrong(tries_left):
                return self._page(opened, problem="wrong", tries_left=tries_left)
            case CodeMalformed():
                return self._page(opened, problem="malformed")
            case CodeSpent() | NotOffered():
                return redirect(opened.path(paths.SIGN_IN), 303)
            case Locked() | RecoveryNeeded():
                return locked_page(opened, outcome)
            case _:
                assert_never(outcome)

    def _page(self, opened: Opened, **context: Any) -> ResponseReturnValue:
        offers = self.door.rooms.signin.flow.offers(opened.interaction, opened.visit.session)
        if not recovery_page(opened, offers):
            return redirect(opened.path(paths.SIGN_IN), 303)
        return render(
            "recovery_code",
            client_name=opened.client_name,
            action=opened.path(paths.RECOVERY_CODE),
            back=opened.path(paths.SIGN_IN),
            start_over=opened.path(paths.CHOOSE_ACCOUNT),
            is_step_up=opened.step is Step.STEP_UP,
            **{"tries_left": 0, **context},
        )
