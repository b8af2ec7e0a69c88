"""How an approver comes to the pages of approvals: with a passcode, and a sign-in of the last hour.

Who leaves a desk must not leave the keys of a module on it. A form that was opened in time may be sent a little later, so that
no reason is typed twice. For everybody who approves nothing there is no such page.
"""

from dataclasses import dataclass

from flask import abort
from werkzeug import Response

from idp.accounts.model import Account
from idp.audit.trail import Visitor
from idp.modules.modules import Modules
from idp.pages.door import Door
from idp.signin.acr import PASSCODE
from idp.signin.demand import Demand


@dataclass(frozen=True, slots=True)
class Entered:
    """An approver."""

    account: Account
    visitor: Visitor


@dataclass(frozen=True)
class ApproverDoor:
    """Lets approvers in."""

    door: Door

    def enter(self, return_path: str, *, is_sending: bool = False) -> Entered | Response:
        """Return who comes, or the answer that leads to sign-in first. Raises NotFound for who approves nothing."""
        visit, rooms = self.door.visit(), self.door.rooms
        seconds = rooms.onboarding.fresh_seconds + (rooms.onboarding.idle_seconds if is_sending else 0)
        demand = Demand(acr=PASSCODE, max_age=seconds, return_path=return_path)
        if visit.session is None or rooms.signin.flow.assess(demand, visit.session) is not None:
            return self.door.begin(demand, notice="fresh" if visit.session else "")
        if not rooms.onboarding.approvers.modules_of(visit.session.account.id):
            abort(404)
        return Entered(visit.session.account, visit.visitor)


def title_of(catalogue: Modules, name: str) -> str:
    """Return what the menu calls a module."""
    module = catalogue.get(name)
    return module.title if module else name
