"""What comes of a request for a temporary password (fact S7), decided by the worker, out of sight of who asked."""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account
from idp.accounts.send_temporary_password import SendTemporaryPassword
from idp.accounts.temporary_password import TemporaryPasswords
from idp.accounts.user_id import domain
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.modules.modules import Module, Modules
from idp.notify.delivery import Payload
from idp.notify.outbox import Outbox
from idp.settings import Settings
from idp.store.database import Database

HOUR_SECONDS = 3_600


@dataclass(frozen=True)
class SendReset:
    """Serves the outbox's channel `reset`: job, temporary password, mail and event are one transaction."""

    database: Database
    accounts: Accounts
    temporary_passwords: TemporaryPasswords
    send: SendTemporaryPassword
    modules: Modules
    outbox: Outbox
    trail: Trail
    settings: Settings

    def __call__(self, payload: Payload, message_id: str) -> None:
        """See Delivery. However often a job is tried, it is carried out once."""
        fields = payload["fields"]
        visitor = Visitor(fields["address"], fields["user_agent"], fields["request_id"])
        module = self.modules.get(fields["module"])
        with self.database.transaction() as connection:
            if not self.outbox.finish(connection, message_id):
                return
            account = self._held(connection, payload["to"])
            reason = self._reason_not_to(payload["to"], account)
            if account is None or reason:
                sub = "" if account is None else account.sub
                self.trail.record(connection, Event.RESET_NOT_SENT, visitor, subject=sub, reason=reason)
                return
            self._send(connection, account, module, payload["locale"], visitor)

    def _held(self, connection: Connection, user_id: str) -> Account | None:
        """Hold the account that has this User ID: of several jobs at once each counts what the one before has sent."""
        found = self.accounts.by_user_id(user_id, connection)
        if found is None:
            return None
        self.accounts.hold(connection, found.id)
        # Again: a change of the User ID that came first has made this address nobody's, and what goes there must open nothing.
        return self.accounts.by_user_id(user_id, connection)

    def _reason_not_to(self, user_id: str, account: Account | None) -> str:
        if domain(user_id) in self.settings.employee_domains or (account is not None and account.is_employee):
            return "employee"
        if account is None:
            return "unknown"
        return "disabled" if account.disabled_at is not None else ""

    def _send(
        self, connection: Connection, account: Account, module: Module | None, locale: str | None, visitor: Visitor
    ) -> None:
        sent = self.temporary_passwords.issued_within(connection, account.id, "self_service", HOUR_SECONDS)
        if sent >= self.settings.reset.mails_per_hour:
            self.trail.record(connection, Event.RESET_CAPPED, visitor, subject=account.sub)
            return
        self.send(
            connection,
            account,
            visitor,
            start_url="" if module is None else module.start_url,
            module_title="" if module is None else module.title,
            locale=locale,
        )
