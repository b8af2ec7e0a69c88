"""`/sign-in/module-account/choose`: as which of several own accounts to enter a module (fact S13)."""

from dataclasses import dataclass
from typing import assert_never

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.pages.step_up import LONGEST_WISH
from idp.pages.templates import render
from idp.signin.choose_module_account import NotAChoice
from idp.signin.outcomes import Advanced
from idp.signin.steps import Step


@dataclass(frozen=True)
class ChooseModuleAccountPage:
    """The page."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show every id that is in use."""
        opened = self.door.open(Step.MODULE_CHOICE)
        return self._page(opened) if isinstance(opened, Opened) else opened

    def submit(self) -> ResponseReturnValue:
        """Take the choice, or go back to the client."""
        form = self.door.rooms.kit.forms.read()
        wish, choice = form.text("do", LONGEST_WISH), form.text("module_account", LONGEST_WISH)
        opened = self.door.open(Step.MODULE_CHOICE)
        if not isinstance(opened, Opened):
            return opened
        if not form.is_ours:
            return self._page(opened, notice="stale")
        if wish == "decline":
            return redirect(self.door.rooms.signin.flow.refuse(opened.interaction), 303)
        session = opened.visit.session
        if session is None or not (choice.isascii() and choice.isdigit()):
            return self._page(opened, problem="empty")
        chosen = self.door.rooms.signin.choose_module_account(
            opened.interaction, session, int(choice), opened.visit.visitor
        )
        match chosen:
            case Advanced():
                return self.door.go_on(chosen)
            case NotAChoice():
                return self._page(opened, problem="empty")
            case _:
                assert_never(chosen)

    def _page(self, opened: Opened, notice: str = "", problem: str = "") -> str:
        module = self.door.rooms.modules.catalogue.get(opened.interaction.demand.module)
        session = opened.visit.session
        if module is None or module.own_accounts is None or session is None:
            raise RuntimeError(f"step {opened.step} without a session or a module with own accounts")
        return render(
            "choose_module_account",
            client_name=opened.client_name,
            action=opened.path(paths.MODULE_CHOICE),
            module=module,
            choices=self.door.rooms.signin.module_entry.choices(session, module.name),
            notice=notice,
            problem=problem,
        )
