"""`/sign-in/access`: this person may not open this module (fact S14): whom to ask, and the ways on."""

from dataclasses import dataclass

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.step_up import LONGEST_WISH
from idp.pages.templates import render
from idp.signin.steps import Step


@dataclass(frozen=True)
class AccessPage:
    """The page."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Say who is signed in, which module, and whom to ask."""
        opened = self.door.open(Step.ACCESS)
        if not isinstance(opened, Opened):
            return opened
        if opened.visit.session is not None:
            self.door.rooms.signin.note_denied(opened.interaction, opened.visit.session, opened.visit.visitor)
        return self._page(opened)

    def submit(self) -> ResponseReturnValue:
        """Go to the menu, on with another account, or back to the client."""
        form = self.door.rooms.kit.forms.read()
        wish = form.text("do", LONGEST_WISH)
        opened = self.door.open(Step.ACCESS)
        if not isinstance(opened, Opened):
            return opened
        if not form.is_ours:
            return self._page(opened, notice="stale")
        if wish == "another":
            return self.door.go_on(
                self.door.rooms.signin.choose_account.another(opened.interaction, opened.visit.session)
            )
        if wish == "decline":
            return redirect(self.door.rooms.signin.flow.refuse(opened.interaction), 303)
        return redirect(paths.MENU, 303)

    def _page(self, opened: Opened, notice: str = "") -> str:
        name = opened.interaction.demand.module
        module = self.door.rooms.modules.catalogue.get(name)
        return render(
            "access",
            client_name=opened.client_name,
            action=opened.path(paths.ACCESS),
            request_access=opened.path(paths.REQUEST_ACCESS),
            account_name=opened.account.name,
            user_id=opened.account.user_id,
            module_title=module.title if module else name,
            module_contacts=module.contacts if module else (),
            notice=notice,
        )
