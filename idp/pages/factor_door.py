"""How pages that change factors are entered: after a sign-in that is recent and strong enough, and where they lead back to."""

from dataclasses import dataclass

from flask import redirect, request
from werkzeug import Response

from idp.pages import paths
from idp.pages.door import Door, Opened
from idp.signin.demand import Demand
from idp.signin.factor_changes import FRESH_SECONDS
from idp.signin.outcomes import Gone
from idp.signin.visit import Visit


@dataclass(frozen=True)
class FactorDoor:
    """For the page at `path`."""

    door: Door
    path: str

    def waiting(self, visit: Visit) -> Opened | None:
        """Return the interaction that waits for a stronger factor, if this visit comes from one."""
        if "interaction" not in request.args:
            return None
        found = self.door.find(visit)
        return None if isinstance(found, Gone) else found

    def address(self, waiting: Opened | None, **query: str) -> str:
        """Return the page's own address."""
        return waiting.path(self.path, **query) if waiting else paths.with_query(self.path, **query)

    def back(self, waiting: Opened | None) -> str:
        """Return where somebody goes who changes nothing."""
        return waiting.path(paths.SIGN_IN) if waiting else paths.AUTHENTICATORS

    def sign_in_first(self, waiting: Opened | None, acr: str = "", **query: str) -> Response:
        """Ask for a recent sign-in that shows `acr`, and come back here."""
        return self.door.begin(
            Demand(
                client_name=waiting.client_name if waiting else "",
                max_age=FRESH_SECONDS,
                acr=acr,
                return_path=self.address(waiting, **query),
                # Not the page that asks again: who cannot show it must not go round in a circle.
                refused_path=waiting.path(paths.SIGN_IN) if waiting else paths.MENU,
            ),
            notice="fresh",
        )

    def done(self, waiting: Opened | None, visit: Visit, notice: str) -> Response:
        """Lead on: back into what waited, or to the list of factors with `notice`."""
        if waiting is None:
            return redirect(paths.with_query(paths.AUTHENTICATORS, notice=notice), 303)
        return redirect(self.door.rooms.signin.flow.next_path(waiting.interaction, visit.session), 303)
