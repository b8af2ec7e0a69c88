"""A person makes recovery codes and says that they are kept (SP 800-63B 4.2.1.1)."""

from dataclasses import dataclass

from idp.accounts.notices import Change, Notices
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators.recovery_codes import CODES, NewCodes, RecoveryCodes
from idp.authenticators.registry import SecondFactors
from idp.signin.factor_changes import FactorChanges, FreshSignInNeeded
from idp.signin.sessions import Session
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class NothingToStandInFor:
    """Recovery codes stand in for an authenticator app or a passkey, and this account has neither."""


@dataclass(frozen=True, slots=True)
class CodesKept:
    """The codes that were shown work from now on; those from before no longer do."""


@dataclass(frozen=True, slots=True)
class CodesReplaced:
    """Newer codes were shown since, in another window: these never worked."""


@dataclass(frozen=True)
class MakeRecoveryCodes:
    """Shows codes once and takes them into use when they are kept."""

    database: Database
    recovery_codes: RecoveryCodes
    second_factors: SecondFactors
    changes: FactorChanges
    notices: Notices
    trail: Trail

    def needed(self, session: Session) -> FreshSignInNeeded | NothingToStandInFor | None:
        """Return what stands in the way of making codes."""
        with self.database.transaction() as connection:
            if not self.second_factors.held(connection, session.account.id).strongest:
                return NothingToStandInFor()
            return self.changes.needed(connection, session)

    def make(self, session: Session) -> NewCodes | FreshSignInNeeded | NothingToStandInFor:
        """Make codes to be shown; until they are kept, those in use stay in use."""
        account = session.account
        with self.database.transaction() as connection:
            if (needed := self.changes.needed(connection, session)) is not None:
                return needed
            if not self.second_factors.held(connection, account.id).strongest:
                return NothingToStandInFor()
            return self.recovery_codes.make(connection, account.id)

    def keep(self, session: Session, batch: str, visitor: Visitor) -> CodesKept | CodesReplaced | FreshSignInNeeded:
        """Take the codes of `batch` into use, in place of those from before, and have the owner told."""
        account = session.account
        with self.database.transaction() as connection:
            if (needed := self.changes.needed(connection, session)) is not None:
                return needed
            if not self.recovery_codes.keep(connection, account.id, batch):
                return CodesReplaced()
            self.trail.record(
                connection, Event.RECOVERY_CODES_MADE, visitor, actor=account.sub, sid=session.sid, codes=CODES
            )
            self.notices.tell(connection, account, Change.RECOVERY_CODES_MADE, language=visitor.language)
        return CodesKept()
