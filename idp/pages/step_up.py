"""`/sign-in/step-up`: the request wants a stronger second factor than this session shows."""

from dataclasses import dataclass

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.factor_paths import choices, factor_page
from idp.pages.templates import render
from idp.pages.verify import VerifyPage
from idp.signin.acr import PHISHING_RESISTANT, satisfies
from idp.signin.flow import UNMET
from idp.signin.steps import Step

LONGEST_WISH = 20


@dataclass(frozen=True)
class StepUpPage:
    """Asks for what suffices, or says how to get it."""

    door: Door
    chooser: VerifyPage

    def show(self) -> ResponseReturnValue:
        """Show the choice; an app or passkey alone is asked for at once; without anything that suffices, how to get it."""
        opened = self.door.open(Step.STEP_UP)
        if not isinstance(opened, Opened):
            return opened
        if self.door.rooms.signin.employees.send.can_raise(opened.interaction, opened.visit.session):
            return redirect(opened.path(paths.EMPLOYEE), 303)
        offers = self.door.rooms.signin.flow.offers(opened.interaction, opened.visit.session)
        first = choices(offers)
        if len(first) == 1 and not first[0].destination:
            return redirect(factor_page(opened, first[0].method), 303)
        return self.chooser.page(opened) if offers else self._how_to_get_it(opened)

    def submit(self) -> ResponseReturnValue:
        """Set up what is missing, or go back to the client."""
        form = self.door.rooms.kit.forms.read()
        wish = form.text("do", LONGEST_WISH)
        opened = self.door.open(Step.STEP_UP)
        if not isinstance(opened, Opened):
            return opened
        if not form.is_ours:
            return self._how_to_get_it(opened, notice="stale")
        if wish == "enrol":
            return redirect(opened.path(paths.ADD_PASSKEY if _takes_a_passkey(opened) else paths.ACCOUNT_APP), 303)
        return redirect(self.door.rooms.signin.flow.refuse(opened.interaction, UNMET), 303)

    def _how_to_get_it(self, opened: Opened, notice: str = "") -> str:
        return render(
            "step_up",
            client_name=opened.client_name,
            action=opened.path(paths.STEP_UP),
            account_name=opened.account.name,
            takes_a_passkey=_takes_a_passkey(opened),
            notice=notice,
        )


def _takes_a_passkey(opened: Opened) -> bool:
    """Whether nothing less than a passkey will do."""
    return satisfies(opened.interaction.demand.acr, PHISHING_RESISTANT)
