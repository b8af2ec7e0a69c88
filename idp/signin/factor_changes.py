"""Who may change the ways in which an account signs in: one rule for every factor, added or removed.

What an account has protects what it gets (SP 800-63B 4.1.2.1): the sign-in must be recent, complete, and as strong as the
strongest factor in use. Otherwise a password and a mailbox could swap the app or add a passkey, and be called stronger.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.authenticators.registry import SecondFactors
from idp.clock import Clock
from idp.signin.acr import PASSCODE, satisfies
from idp.signin.sessions import BrowserSessions, Session

FRESH_SECONDS = 1_200
"""How recent a sign-in must be to change factors."""


@dataclass(frozen=True, slots=True)
class FreshSignInNeeded:
    """The sign-in is too long ago or too weak to change factors (SECURITY 1.4 S6): ask for these two first."""

    acr: str = PASSCODE
    """Level of assurance to reach; with `max_age=FRESH_SECONDS`."""


@dataclass(frozen=True)
class FactorChanges:
    """Judges sessions, in the transaction of the change."""

    clock: Clock
    accounts: Accounts
    sessions: BrowserSessions
    second_factors: SecondFactors

    def needed(self, connection: Connection, session: Session) -> FreshSignInNeeded | None:
        """Hold the account and return what its owner must show first; None when the change may go on.

        Held, because of two changes at once the second must see what the first has added; and a session that another
        transaction has just ended changes nothing any more.
        """
        account = session.account
        self.accounts.hold(connection, account.id)
        level = self.second_factors.held(connection, account.id).strongest or PASSCODE
        is_fresh = self.clock.now() - session.auth_time <= FRESH_SECONDS
        if (
            is_fresh
            and satisfies(session.acr, level)
            and not account.must_change_password
            and session.sid in self.sessions.live(connection, account.id)
        ):
            return None
        return FreshSignInNeeded(level)
