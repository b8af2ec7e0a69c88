"""A disabled account is opened again, by an operator or by an approver; its quiet days count anew (SECURITY H8)."""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.notify.messages import AccountReactivatedMail
from idp.notify.outbox import Outbox
from idp.settings import Settings
from idp.store.database import Database


@dataclass(frozen=True)
class Reactivate:
    """One transaction with its event, and the mail that tells the owner."""

    database: Database
    accounts: Accounts
    outbox: Outbox
    trail: Trail
    settings: Settings

    def __call__(self, account: Account, visitor: Visitor, *, only_quiet: bool = False) -> bool:
        """Open the account; False when it was open, or with `only_quiet` shut for another reason than long disuse."""
        with self.database.transaction() as connection:
            opened = self.accounts.enable(connection, account.id, only_shut_by="quiet" if only_quiet else None)
            if opened:
                self.trail.record(connection, Event.ACCOUNT_ENABLED, visitor, subject=account.sub)
                if not account.is_employee:
                    self._tell(connection, account)
        return opened

    def _tell(self, connection: Connection, account: Account) -> None:
        issuer = self.settings.issuer
        mail = AccountReactivatedMail(
            given_name=account.given_name, sign_in_url=f"{issuer}/sign-in", reset_url=f"{issuer}/reset-password"
        )
        self.outbox.enqueue(connection, mail, account.user_id, locale=account.locale)
