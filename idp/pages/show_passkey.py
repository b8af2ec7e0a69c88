"""`/sign-in/passkey`: show a passkey, as the second factor or to raise the session. The browser does the asking."""

from dataclasses import dataclass
from typing import Any, assert_never

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.authenticators.passkey_ceremony import LONGEST_ANSWER
from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.factor_paths import choices, recovery_page
from idp.pages.locked import locked_page
from idp.pages.templates import render
from idp.signin.flow import UNMET
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
            error = UNMET if opened.step is Step.STEP_UP else "access_denied"
            return redirect(self.door.rooms.signin.flow.refuse(opened.interaction, error), 303)
        if not answer:
            return self._page(opened, problem="empty")
        return self._check(opened, answer)

    def _check(self, opened: Opened, answer: str) -> ResponseReturnValue:
        visit = opened.visit
        outcome = self.door.rooms.signin.check_passkey(
            opened.interaction, visit.session, answer, device_cookie=visit.device, visitor=visit.visitor
        )
        match outcome:
            case Advanced():
                self.door.bring_language(opened)
                return self.door.go_on(outcome)
            case PasskeyRefused(tries_left):
                return self._page(opened, problem="refused", tries_left=tries_left)
            case PasskeyStale():
                return self._page(opened, problem="late")
            case PasskeyWithoutUser():
                return self._page(opened, problem="without_user")
            case PasskeyCopied():
                return self._page(opened, problem="copied")
            case NotOffered():
                return redirect(opened.path(paths.SIGN_IN), 303)
            case Locked() | RecoveryNeeded():
                return locked_page(opened, outcome)
            case _:
                assert_never(outcome)

    def _page(self, opened: Opened, **context: Any) -> ResponseReturnValue:
        options = self.door.rooms.signin.check_passkey.ask(opened.interaction, opened.visit.session)
        if options is None:
            return redirect(opened.path(paths.SIGN_IN), 303)
        offers = self.door.rooms.signin.flow.offers(opened.interaction, opened.visit.session)
        is_step_up = opened.step is Step.STEP_UP
        return render(
            "show_passkey",
            client_name=opened.client_name,
            action=opened.path(paths.PASSKEY),
            back="" if is_step_up and len(choices(offers)) == 1 else opened.path(paths.SIGN_IN),
            start_over=opened.path(paths.CHOOSE_ACCOUNT),
            recovery=recovery_page(opened, offers),
            is_step_up=is_step_up,
            options=options,
            **{"tries_left": 0, **context},
        )
