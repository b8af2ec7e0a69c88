"""`/account/modules`: the modules and programs that somebody is connected with; what was agreed to can be withdrawn."""

from dataclasses import dataclass
from types import SimpleNamespace

from flask import redirect
from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.account_door import AccountDoor
from idp.pages.door import Door, notice
from idp.pages.templates import render
from idp.signin.sessions import Session

LONGEST_CLIENT_ID = 64


@dataclass(frozen=True)
class AccountModulesPage:
    """The page."""

    door: Door

    @property
    def _door(self) -> AccountDoor:
        return AccountDoor(self.door, paths.ACCOUNT_MODULES)

    def show(self) -> ResponseReturnValue:
        """Show both lists."""
        session = self._door.enter(self.door.visit())
        return self._page(session, notice()) if isinstance(session, Session) else session

    def submit(self) -> ResponseReturnValue:
        """Withdraw what was agreed to with one client."""
        form = self.door.rooms.kit.forms.read()
        client_id = form.text("client", LONGEST_CLIENT_ID)
        visit = self.door.visit()
        session = self._door.enter(visit)
        if not isinstance(session, Session):
            return session
        if not form.is_ours:
            return self._page(session, "stale")
        self.door.rooms.signin.own.connections.withdraw(session, client_id, visit.visitor)
        return redirect(paths.with_query(paths.ACCOUNT_MODULES, notice="withdrawn"), 303)

    def _page(self, session: Session, said: str) -> str:
        connections, start = self.door.rooms.signin.own.connections.of(session), self.door.rooms.signin.open_module
        opened = {one.client.module: one.connection.opened_at for one in connections if one.connection.opened_at}
        return render(
            "account_modules",
            page="account",
            notice=said,
            modules=[
                (SimpleNamespace(title=module.title, start_url=start(module)), opened.get(module.name))
                for module in self.door.rooms.modules.catalogue.menu_for(session.account.id)
            ],
            programs=[one for one in connections if one.can_withdraw],
            starts={one.client.client_id: start.program(one.client) for one in connections},
        )
