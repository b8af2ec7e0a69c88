"""`/account`: who is signed in, and how: the ways of signing in that this person has (facts S9, S10)."""

from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from idp.pages import paths
from idp.pages.door import Door, notice
from idp.pages.templates import render
from idp.signin.demand import Demand


@dataclass(frozen=True)
class AccountPage:
    """The page."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show the account, after a sign-in if need be."""
        visit = self.door.visit()
        demand = Demand(return_path=paths.ACCOUNT)
        if visit.session is None or self.door.rooms.signin.flow.assess(demand, visit.session) is not None:
            return self.door.begin(demand)
        account = visit.session.account
        offers = {offer.method: offer for offer in self.door.rooms.factors.second_factors.offered(account)}
        registrar = self.door.rooms.modules.catalogue.get(account.registered_by)
        return render(
            "account",
            page="account",
            notice=notice(),
            account_name=account.name,
            user_id=account.user_id,
            is_employee=account.is_employee,
            phone=offers["text"].destination if "text" in offers else "",
            registered_by=registrar.title if registrar else "",
            app_enrolled="app" in offers,
            auth_time=visit.session.auth_time,
        )
