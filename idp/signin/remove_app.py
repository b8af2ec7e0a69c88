"""Somebody has lost the phone with the authenticator app, and so cannot replace it: an operator takes it away."""

from dataclasses import dataclass

from idp.accounts.model import Account
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators.authenticator_app import AuthenticatorApps
from idp.store.database import Database


@dataclass(frozen=True)
class RemoveApp:
    """Codes by mail and text remain; the person may then set up another app after a fresh sign-in, and is mailed of it."""

    database: Database
    apps: AuthenticatorApps
    trail: Trail

    def __call__(self, account: Account, visitor: Visitor) -> bool:
        """Forget the app; False when none was in use."""
        with self.database.transaction() as connection:
            removed = self.apps.remove(connection, account.id)
            if removed:
                self.trail.record(connection, Event.APP_REMOVED, visitor, subject=account.sub)
        return removed
