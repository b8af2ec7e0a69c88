"""An operator says that an employee's account no longer belongs to whom it belonged at the upstream."""

from dataclasses import dataclass

from idp.accounts.model import Account
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.directory.links import UpstreamLinks
from idp.store.database import Database


@dataclass(frozen=True)
class UnlinkEmployee:
    """Unlinks; whoever has the address at the upstream then is linked at their next sign-in."""

    database: Database
    links: UpstreamLinks
    trail: Trail

    def __call__(self, account: Account, visitor: Visitor) -> bool:
        """Forget the link; False when there was none."""
        with self.database.transaction() as connection:
            was_linked = self.links.unlink(connection, account.id)
            if was_linked:
                self.trail.record(connection, Event.EMPLOYEE_UNLINKED, visitor, subject=account.sub)
        return was_linked
