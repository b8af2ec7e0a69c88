"""`/sign-in/account`: go on as who is signed in, or as somebody else (`prompt=select_account`)."""

from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.step_up import LONGEST_WISH
from idp.pages.templates import render
from idp.signin.outcomes import Gone
from idp.signin.steps import Step


@dataclass(frozen=True)
class ChooseAccountPage:
    """The page; its "another account" is also the way out of every half-finished sign-in."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show who is signed in and the two ways on."""
        opened = self.door.open(Step.SELECT_ACCOUNT)
        return self._page(opened) if isinstance(opened, Opened) else opened

    def submit(self) -> ResponseReturnValue:
        """Take the choice."""
        form = self.door.rooms.kit.forms.read()
        wish = form.text("do", LONGEST_WISH)
        if wish == "another" and form.is_ours:
            return self._another()
        opened = self.door.open(Step.SELECT_ACCOUNT)
        if not isinstance(opened, Opened):
            return opened
        if not form.is_ours or wish != "continue" or opened.visit.session is None:
            return self._page(opened, notice="" if form.is_ours else "stale")
        return self.door.go_on(self.door.rooms.signin.choose_account.same(opened.interaction, opened.visit.session))

    def _another(self) -> ResponseReturnValue:
        visit = self.door.visit()
        found = self.door.find(visit)
        if isinstance(found, Gone):
            return self.door.gone(found)
        return self.door.go_on(self.door.rooms.signin.choose_account.another(found.interaction, visit.session))

    def _page(self, opened: Opened, notice: str = "") -> str:
        return render(
            "choose_account",
            client_name=opened.client_name,
            action=opened.path(paths.CHOOSE_ACCOUNT),
            account_name=opened.account.name,
            user_id=opened.account.user_id,
            notice=notice,
        )
