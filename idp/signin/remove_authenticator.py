"""An authenticator is taken off an account: by its owner, or by an operator when its owner has lost it."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account
from idp.accounts.notices import Change, Notices
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators.authenticator_app import AuthenticatorApps
from idp.authenticators.passkeys import Passkeys
from idp.authenticators.recovery_codes import RecoveryCodes
from idp.authenticators.registry import SecondFactors
from idp.signin.factor_changes import FactorChanges, FreshSignInNeeded
from idp.signin.sessions import Session
from idp.store.database import Database

Kind = Literal["app", "passkeys", "recovery-codes"]
"""What can be removed; codes by mail and text cannot."""


@dataclass(frozen=True, slots=True)
class Removed:
    """It is gone, and the owner is told."""


@dataclass(frozen=True, slots=True)
class NotThere:
    """The account had none."""


@dataclass(frozen=True)
class RemoveAuthenticator:
    """Removes, puts on record and has the owner told. Codes by mail and text remain.

    With the last app or passkey go the recovery codes: they would stand in for nothing.
    """

    database: Database
    accounts: Accounts
    apps: AuthenticatorApps
    passkeys: Passkeys
    recovery_codes: RecoveryCodes
    second_factors: SecondFactors
    changes: FactorChanges
    notices: Notices
    trail: Trail

    def __call__(
        self, session: Session, kind: Kind, passkey_id: int | None, visitor: Visitor
    ) -> Removed | NotThere | FreshSignInNeeded:
        """Remove what the person names; of passkeys the one with this row number."""
        with self.database.transaction() as connection:
            if (needed := self.changes.needed(connection, session)) is not None:
                return needed
            done = self._remove(connection, session.account, kind, passkey_id, visitor)
        return Removed() if done else NotThere()

    def for_operator(self, account: Account, kind: Kind, visitor: Visitor) -> bool:
        """Remove all of a kind from somebody who cannot show it any more; False when there was none."""
        with self.database.transaction() as connection:
            self.accounts.hold(connection, account.id)
            return self._remove(connection, account, kind, None, visitor)

    def needed(self, session: Session) -> FreshSignInNeeded | None:
        """Return what the owner must show before anything is removed."""
        with self.database.transaction() as connection:
            return self.changes.needed(connection, session)

    def _remove(
        self, connection: Connection, account: Account, kind: Kind, passkey_id: int | None, visitor: Visitor
    ) -> bool:
        match kind:
            case "app":
                done, event, change = self.apps.remove(connection, account.id), Event.APP_REMOVED, Change.APP_REMOVED
            case "passkeys":
                event, change = Event.PASSKEY_REMOVED, Change.PASSKEY_REMOVED
                if passkey_id is None:
                    done = self.passkeys.remove_all(connection, account.id) > 0
                else:
                    done = self.passkeys.remove(connection, account.id, passkey_id)
            case "recovery-codes":
                done = self.recovery_codes.remove(connection, account.id)
                event, change = Event.RECOVERY_CODES_REMOVED, Change.RECOVERY_CODES_REMOVED
        if not done:
            return False
        self._tell(connection, account, event, change, visitor)
        stood_in_for_it = not self.second_factors.held(connection, account.id).strongest
        if stood_in_for_it and self.recovery_codes.remove(connection, account.id):
            self._tell(connection, account, Event.RECOVERY_CODES_REMOVED, Change.RECOVERY_CODES_REMOVED, visitor)
        return True

    def _tell(self, connection: Connection, account: Account, event: Event, change: Change, visitor: Visitor) -> None:
        actor = visitor.actor or account.sub
        self.trail.record(connection, event, visitor, actor=actor, subject=account.sub)
        self.notices.tell(connection, account, change, language=visitor.language)
