"""`/sign-in/recovery-code`: give a recovery code when the app or the passkey is lost."""

from dataclasses import dataclass
from typing import Any, assert_never

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.code import LONGEST_CODE
from idp.pages.door import Door, Opened
from idp.pages.factor_frame import frame, leave
from idp.pages.factor_paths import recovery_page
from idp.pages.templates import render
from idp.signin.outcomes import Advanced, CodeMalformed, CodeWrong, Locked, NotOffered, RecoveryNeeded
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
        outcome = self.door.rooms.signin.check_recovery_code(opened.interaction, opened.visit, code)
        match outcome:
            case CodeWrong(tries_left):
                return self._page(opened, problem="wrong", tries_left=tries_left)
            case CodeMalformed():
                return self._page(opened, problem="malformed")
            case Advanced() | NotOffered() | Locked() | RecoveryNeeded():
                return leave(self.door, opened, outcome)
            case _:
                assert_never(outcome)

    def _page(self, opened: Opened, **context: Any) -> ResponseReturnValue:
        offers = self.door.rooms.signin.flow.offers(opened.interaction, opened.visit.session)
        if not recovery_page(opened, offers):
            return redirect(opened.path(paths.SIGN_IN), 303)
        return render(
            "recovery_code",
            action=opened.path(paths.RECOVERY_CODE),
            # What the code stands in for is another way, also where nothing else would do.
            **frame(opened, offers) | {"back": opened.path(paths.SIGN_IN), "tries_left": 0, **context},
        )
