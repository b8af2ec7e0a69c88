"""`/sign-in/module-account`: finish the set-up of an own account in a module, with the id and password it mailed (fact S13)."""

from dataclasses import dataclass
from typing import Any, assert_never

from flask import redirect, request
from flask.typing import ResponseReturnValue

from idp.modules.account_states import STEPS
from idp.modules.administer_accounts import MailsSent, MailsTooSoon, NothingToSend
from idp.modules.modules import Module
from idp.pages import paths
from idp.pages.door import Door, Opened, notice
from idp.pages.step_up import LONGEST_WISH
from idp.pages.templates import render
from idp.signin.demand import Demand
from idp.signin.outcomes import Advanced
from idp.signin.sessions import Session
from idp.signin.set_up_module_account import (
    FirstPasswordOver,
    SetUpLocked,
    SetUpModuleAccount,
    SetUpRejected,
    Standing,
)
from idp.signin.steps import Step

LONGEST_TYPED = 256
LONGEST_NAME = 40


@dataclass(frozen=True)
class ModuleAccountPage:
    """The page: the form, or why there is nothing to enter and whom to ask."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show where the set-up stands; without an interaction, begin one for the module that the menu's link names."""
        if "interaction" not in request.args and "module" in request.args:
            return self._begin(request.args["module"][:LONGEST_NAME])
        opened = self.door.open(Step.MODULE_ACCOUNT)
        return self._page(opened, notice=notice()) if isinstance(opened, Opened) else opened

    def submit(self) -> ResponseReturnValue:
        """Link the account, mail both once more, or lead away."""
        form = self.door.rooms.kit.forms.read()
        wish = form.text("do", LONGEST_WISH)
        external_id = form.text("external_id", LONGEST_TYPED).strip()
        password = form.text("password", LONGEST_TYPED).strip()
        opened = self.door.open(Step.MODULE_ACCOUNT)
        if not isinstance(opened, Opened):
            return opened
        if not form.is_ours:
            return self._page(opened, external_id=external_id, notice="stale")
        if wish == "menu":
            return redirect(paths.MENU, 303)
        if wish == "decline":
            return redirect(self.door.rooms.signin.flow.refuse(opened.interaction), 303)
        if wish == "send":
            return self._send(opened)
        missing = [name for name, value in (("external_id", external_id), ("password", password)) if not value]
        if missing:
            return self._page(opened, external_id=external_id, missing=missing, has_error=True)
        return self._link(opened, external_id, password)

    def _begin(self, name: str) -> ResponseReturnValue:
        module = self.door.rooms.modules.catalogue.get(name)
        if module is None or module.own_accounts is None:
            return redirect(paths.MENU, 303)
        ready = paths.with_query(paths.MENU, ready=module.name)
        return self.door.begin(Demand(module=module.name, set_up=True, return_path=ready))

    def _link(self, opened: Opened, external_id: str, password: str) -> ResponseReturnValue:
        outcome = self._set_up(
            opened.interaction, _session(opened), external_id, password, visitor=opened.visit.visitor
        )
        match outcome:
            case Advanced():
                return self.door.go_on(outcome)
            case SetUpRejected(tries_left):
                return self._page(opened, external_id=external_id, problem="rejected", tries_left=tries_left)
            case SetUpLocked():
                return self._page(opened, has_error=True)
            case FirstPasswordOver():
                return self._page(opened, external_id=external_id, problem="over")
            case _:
                assert_never(outcome)

    def _send(self, opened: Opened) -> ResponseReturnValue:
        outcome = self._set_up.resend(opened.interaction, _session(opened), opened.visit.visitor)
        match outcome:
            case MailsSent():
                return redirect(opened.path(paths.MODULE_ACCOUNT, notice="resent"), 303)
            case MailsTooSoon(again_at):
                return self._page(opened, problem="too_soon", again_at=again_at)
            case NothingToSend():
                return redirect(opened.path(paths.MODULE_ACCOUNT), 303)
            case _:
                assert_never(outcome)

    @property
    def _set_up(self) -> SetUpModuleAccount:
        return self.door.rooms.signin.set_up_module_account

    def _page(self, opened: Opened, **context: Any) -> str:
        standing = self._set_up.standing(opened.interaction, _session(opened))
        kind = _kind(standing)
        context = {"missing": [], "external_id": "", "tries_left": 0, "again_at": 0, **context}
        return render(
            "module_account",
            kind=kind,
            module=self._module(opened),
            step=2 if kind in ("enter", "locked") else 1,
            steps=STEPS,
            has_password="password_mailed" in standing.states,
            until=(standing.lock.until if standing.lock else None) or 0,
            client_name=opened.client_name,
            action=opened.path(paths.MODULE_ACCOUNT),
            account_name=opened.account.name,
            user_id=opened.account.user_id,
            **context,
        )

    def _module(self, opened: Opened) -> Module:
        module = self.door.rooms.modules.catalogue.get(opened.interaction.demand.module)
        if module is None:
            raise RuntimeError(f"step {opened.step} without a module")
        return module


def _kind(standing: Standing) -> str:
    """Return what the page is about: `enter`, `locked`, `waiting` for the id, or `withdrawn`."""
    states = set(standing.states)
    if states & {"id_mailed", "password_mailed", "locked"}:
        return "locked" if standing.lock is not None else "enter"
    return "withdrawn" if states and not states - {"withdrawn", "active"} else "waiting"


def _session(opened: Opened) -> Session:
    if opened.visit.session is None:
        raise RuntimeError(f"step {opened.step} without a session")
    return opened.visit.session
