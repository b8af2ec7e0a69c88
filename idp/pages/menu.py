"""`/menu`: the modules that the person is authorized for (fact S14)."""

from dataclasses import dataclass
from types import SimpleNamespace

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.accounts.model import Account
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
        return render(
            "menu", page="menu", account_name=account.name, user_id=account.user_id, modules=self._modules(account)
        )

    def _modules(self, account: Account) -> list[SimpleNamespace]:
        modules = self.door.rooms.modules.catalogue
        roles = {access.module: access.roles for access in modules.accesses(account.id)}
        return [
            SimpleNamespace(
                title=module.title,
                description=module.description,
                start_url=module.start_url,
                roles=roles.get(module.name, ()),
            )
            for module in modules.menu_for(account.id)
        ]
