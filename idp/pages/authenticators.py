"""`/account/authenticators`: the ways in which somebody signs in, with what can be added, replaced or removed."""

from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from idp.authenticators import text_code
from idp.authenticators.recovery_codes import CODES
from idp.pages import paths
from idp.pages.door import Door, notice
from idp.pages.templates import render
from idp.signin.demand import Demand


@dataclass(frozen=True)
class AuthenticatorsPage:
    """The page."""

    door: Door

    def show(self) -> ResponseReturnValue:
        """Show the list, after a sign-in if need be."""
        visit, rooms = self.door.visit(), self.door.rooms
        demand = Demand(return_path=paths.AUTHENTICATORS)
        if visit.session is None or rooms.signin.flow.assess(demand, visit.session) is not None:
            return self.door.begin(demand)
        account = visit.session.account
        offers = {offer.method: offer for offer in rooms.factors.second_factors.offered(account)}
        registrar = rooms.modules.catalogue.get(account.registered_by)
        standing = rooms.factors.standing(account.id)
        return render(
            "authenticators",
            page="account",
            notice=notice(),
            user_id=account.user_id,
            phone=text_code.masked(account) if account.phone else "",
            registered_by=registrar.title if registrar else "",
            is_employee=account.is_employee,
            has_app="app" in offers,
            passkeys=standing.passkeys,
            can_have_codes="app" in offers or "passkey" in offers,
            codes_left=standing.codes_left,
            codes_made_at=standing.codes_made_at,
            most_codes=CODES,
        )
