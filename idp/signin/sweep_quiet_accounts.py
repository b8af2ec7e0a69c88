"""Warns the owners of quiet accounts, then disables those accounts (SECURITY H8); every process does it now and then.

Of several at once one warns and one disables, in the transaction of the mail and the event: nobody is told twice.
"""

from dataclasses import dataclass

from idp.accounts.model import Account
from idp.accounts.quiet_accounts import QuietAccounts
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.notify.messages import AccountQuietMail, QuietAccountDisabledMail
from idp.notify.outbox import Outbox
from idp.settings import Settings
from idp.signin.disable_account import DisableAccount
from idp.store.database import Database

SWEEP = Visitor(actor="sweep")
"""Who disables a quiet account: nobody but time."""


@dataclass(frozen=True)
class SweepQuietAccounts:
    """The sweep."""

    database: Database
    quiet: QuietAccounts
    disable: DisableAccount
    outbox: Outbox
    trail: Trail
    settings: Settings

    def __call__(self) -> int:
        """Warn and disable those that are due, some at a time; return how many."""
        if self.settings.quiet.disable_days == 0:
            return 0
        with self.database.reading() as connection:
            self.quiet.begin_counting(connection)
            to_warn, to_disable = self.quiet.to_warn(connection), self.quiet.to_disable(connection)
        warned = sum(self._warn(account, number) for account, number in to_warn)
        return warned + sum(self._disable(account) for account in to_disable)

    def _warn(self, account: Account, number: int) -> bool:
        with self.database.transaction() as connection:
            disabled_at = self.quiet.warn(connection, account, number)
            if disabled_at is None:
                return False
            mail = AccountQuietMail(
                given_name=account.given_name,
                disabled_at=disabled_at,
                last_sign_in_at=account.last_sign_in_at,
                sign_in_url=f"{self.settings.issuer}/sign-in",
                reset_url=f"{self.settings.issuer}/reset-password",
            )
            # Said too late it would be wrong.
            self.outbox.enqueue(connection, mail, account.user_id, locale=account.locale, expires_at=disabled_at)
            self.trail.record(connection, Event.ACCOUNT_QUIET_WARNED, SWEEP, subject=account.sub, warning=number)
        return True

    def _disable(self, account: Account) -> bool:
        with self.database.transaction() as connection:
            # Held and asked again: somebody who signs in at this moment was in time.
            if not self.quiet.is_due(connection, account):
                return False
            if not self.disable.within(connection, account, SWEEP, "quiet"):
                return False
            mail = QuietAccountDisabledMail(
                given_name=account.given_name,
                days=self.settings.quiet.disable_days,
                last_sign_in_at=account.last_sign_in_at,
                help_url=f"{self.settings.issuer}/help",
            )
            self.outbox.enqueue(connection, mail, account.user_id, locale=account.locale)
        return True
