"""`/sign-in/step-up`: the request wants a stronger second factor than this session shows."""

from dataclasses import dataclass

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.templates import render
from idp.pages.verify import VerifyPage
from idp.signin.flow import UNMET
from idp.signin.steps import Step

LONGEST_WISH = 20


@dataclass(frozen=True)
class StepUpPage:
    """Asks for what suffices, or says how to get it."""

    door: Door
    chooser: VerifyPage

    def show(self) -> ResponseReturnValue:
        """Show the choice; an app alone is asked for at once; without anything that suffices, how to get it."""
        opened = self.door.open(Step.STEP_UP)
        if not isinstance(opened, Opened):
            return opened
        offers = self.door.rooms.signin.flow.offers(opened.interaction, opened.visit.session)
        if len(offers) == 1 and not offers[0].destination:
            return redirect(opened.path(paths.CODE, method=offers[0].method), 303)
        return self.chooser.page(opened) if offers else self._how_to_get_it(opened)

    def submit(self) -> ResponseReturnValue:
        """Set up an app, or go back to the client."""
        form = self.door.rooms.kit.forms.read()
        wish = form.text("do", LONGEST_WISH)
        opened = self.door.open(Step.STEP_UP)
        if not isinstance(opened, Opened):
            return opened
        if not form.is_ours:
            return self._how_to_get_it(opened, notice="stale")
        if wish == "enrol":
            return redirect(opened.path(paths.ACCOUNT_APP), 303)
        return redirect(self.door.rooms.signin.flow.refuse(opened.interaction, UNMET), 303)

    def _how_to_get_it(self, opened: Opened, notice: str = "") -> str:
        return render(
            "step_up",
            client_name=opened.client_name,
            action=opened.path(paths.STEP_UP),
            account_name=opened.account.name,
            notice=notice,
        )
