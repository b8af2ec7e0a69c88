"""`/menu`: the modules that the person is authorized for (fact S14)."""

from dataclasses import dataclass
from types import SimpleNamespace

from flask import redirect, request
from flask.typing import ResponseReturnValue

from idp.accounts.model import Account
from idp.modules.account_states import STEPS
from idp.pages import paths
from idp.pages.door import Door
from idp.pages.templates import render
from idp.signin.demand import Demand


@dataclass(frozen=True)
class MenuPage:
    """The page."""

    door: Door

    def home(self) -> ResponseReturnValue:
        """Lead from `/` to the menu."""
        return redirect(paths.MENU, 303)

    def show(self) -> ResponseReturnValue:
        """Show the menu, after a sign-in if need be."""
        visit = self.door.visit()
        demand = Demand(return_path=paths.MENU)
        if visit.session is None or self.door.rooms.signin.flow.assess(demand, visit.session) is not None:
            return self.door.begin(demand)
        account = visit.session.account
        modules = self._modules(account)
        return render(
            "menu",
            page="menu",
            account_name=account.name,
            user_id=account.user_id,
            modules=modules,
            can_ask=len(modules) < len(self.door.rooms.modules.catalogue.all()),
            to_decide=self.door.rooms.onboarding.queue.count_for(account),
            steps=STEPS,
            last=self.door.rooms.signin.own.history.last_sign_in(account.sub, visit.session.sid),
            ready=next(
                (module for module in modules if module.is_ready and module.name == request.args.get("ready")), None
            ),
        )

    def _modules(self, account: Account) -> list[SimpleNamespace]:
        modules = self.door.rooms.modules.catalogue
        roles = {access.module: access.roles for access in modules.accesses(account.id)}
        progress = self.door.rooms.signin.module_entry.progress(account.id)
        return [
            SimpleNamespace(
                name=module.name,
                title=module.title,
                description=module.description,
                start_url=self.door.rooms.signin.open_module(module),
                roles=roles.get(module.name, ()),
                step=progress[module.name].step if module.name in progress else None,
                is_ready=module.name in progress and progress[module.name].is_open,
                set_up=paths.with_query(paths.MODULE_ACCOUNT, module=module.name),
            )
            for module in modules.menu_for(account.id)
        ]
