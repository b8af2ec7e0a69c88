"""`/sign-in/passkey`: show a passkey, as the second factor or to raise the session. The browser does the asking."""

from dataclasses import dataclass
from typing import Any, assert_never

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.authenticators.passkey_ceremony import LONGEST_ANSWER
from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.factor_frame import decline, frame, leave
from idp.pages.templates import render
from idp.signin.outcomes import (
    Advanced,
    Locked,
    NotOffered,
    PasskeyCopied,
    PasskeyRefused,
    PasskeyStale,
    PasskeyWithoutUser,
    RecoveryNeeded,
)
from idp.signin.steps import Step

LONGEST_WISH = 20


@dataclass(frozen=True)
class ShowPasskeyPage:
    """The page."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show the button that has the browser ask."""
        opened = self.door.open(Step.SECOND_FACTOR, Step.STEP_UP)
        return self._page(opened) if isinstance(opened, Opened) else opened

    def submit(self) -> ResponseReturnValue:
        """Check what the browser answered."""
        form = self.door.rooms.kit.forms.read()
        answer = form.text("answer", LONGEST_ANSWER)
        wish = form.text("do", LONGEST_WISH)
        opened = self.door.open(Step.SECOND_FACTOR, Step.STEP_UP)
        if not isinstance(opened, Opened):
            return opened
        if not form.is_ours:
            return self._page(opened, notice="stale")
        if wish == "decline":
            return decline(self.door, opened)
        if not answer:
            return self._page(opened, problem="empty")
        return self._check(opened, answer)

    def _check(self, opened: Opened, answer: str) -> ResponseReturnValue:
        outcome = self.door.rooms.signin.check_passkey(opened.interaction, opened.visit, answer)
        match outcome:
            case PasskeyRefused(tries_left):
                return self._page(opened, problem="refused", tries_left=tries_left)
            case PasskeyStale():
                return self._page(opened, problem="late")
            case PasskeyWithoutUser():
                return self._page(opened, problem="without_user")
            case PasskeyCopied():
                return self._page(opened, problem="copied")
            case Advanced() | NotOffered() | Locked() | RecoveryNeeded():
                return leave(self.door, opened, outcome)
            case _:
                assert_never(outcome)

    def _page(self, opened: Opened, **context: Any) -> ResponseReturnValue:
        options = self.door.rooms.signin.check_passkey.ask(opened.interaction, opened.visit.session)
        if options is None:
            return redirect(opened.path(paths.SIGN_IN), 303)
        offers = self.door.rooms.signin.flow.offers(opened.interaction, opened.visit.session)
        return render(
            "show_passkey",
            action=opened.path(paths.PASSKEY),
            options=options,
            **frame(opened, offers),
            **{"tries_left": 0, **context},
        )
