"""How the pages of somebody's own account are entered: signed in, and nobody half-way."""

from dataclasses import dataclass

from werkzeug import Response

from idp.pages import paths
from idp.pages.door import Door
from idp.signin.demand import Demand
from idp.signin.factor_changes import FRESH_SECONDS
from idp.signin.sessions import Session
from idp.signin.visit import Visit


@dataclass(frozen=True)
class AccountDoor:
    """For the page at `path`."""

    door: Door
    path: str

    def enter(self, visit: Visit) -> Session | Response:
        """Return the session, or the answer that leads through a sign-in back to the page."""
        demand = Demand(return_path=self.path)
        if visit.session is None or self.door.rooms.signin.flow.assess(demand, visit.session) is not None:
            return self.door.begin(demand)
        return visit.session

    def sign_in_again(self) -> Response:
        """Ask for a sign-in that is recent enough to change something, and come back."""
        demand = Demand(max_age=FRESH_SECONDS, return_path=self.path, refused_path=paths.ACCOUNT)
        return self.door.begin(demand, notice="fresh")
