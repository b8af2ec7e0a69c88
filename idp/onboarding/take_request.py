"""What comes of a stranger's request for access, decided by the worker, out of sight of who sent it.

Each address gets the same number of mails whether or not it has an account: one that asks to confirm, or one that says that
there is an account. Neither holds a word that the stranger typed, so nobody's address can be used to write to them.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account
from idp.accounts.user_id import domain, local_part
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.modules.modules import Modules
from idp.notify.delivery import Payload
from idp.notify.messages import AccountExistsMail, ConfirmAccessRequestMail
from idp.notify.outbox import Outbox
from idp.onboarding.mail_limit import MailLimit
from idp.onboarding.model import Wish
from idp.onboarding.requests import AccessRequests
from idp.settings import Settings
from idp.store.database import Database

CONFIRM_PATH = "/request-access/confirm"
ACCOUNT_EXISTS_MAILS_A_DAY = 1


@dataclass(frozen=True)
class TakeAccessRequest:
    """Serves the outbox's channel `access`: job, request, mail and event are one transaction."""

    database: Database
    clock: Clock
    accounts: Accounts
    modules: Modules
    requests: AccessRequests
    limit: MailLimit
    outbox: Outbox
    trail: Trail
    settings: Settings

    def __call__(self, payload: Payload, message_id: str) -> None:
        """See Delivery. However often a job is tried, it is carried out once."""
        fields = payload["fields"]
        visitor = Visitor(fields["address"], fields["user_agent"], fields["request_id"])
        wish = Wish(**fields["wish"] | {"modules": tuple(fields["wish"]["modules"])})
        with self.database.transaction() as connection:
            if not self.outbox.finish(connection, message_id):
                return
            account = self.accounts.by_user_id(wish.email, connection)
            if account is not None and account.disabled_at is None:
                self._tell_owner(connection, account, visitor)
            else:
                # Somebody whose account was disabled has no other way back than to ask.
                self._ask_to_confirm(connection, wish, payload["locale"], visitor)

    def _tell_owner(self, connection: Connection, account: Account, visitor: Visitor) -> None:
        index = self.requests.index(connection, account.user_id)
        is_told = self.limit.take(connection, index, "account", ACCOUNT_EXISTS_MAILS_A_DAY)
        if is_told:
            mail = AccountExistsMail(
                given_name=account.given_name,
                sign_in_url=f"{self.settings.issuer}/sign-in",
                reset_url="" if account.is_employee else f"{self.settings.issuer}/reset-password",
                request_url=f"{self.settings.issuer}/request-access",
            )
            self.outbox.enqueue(connection, mail, account.user_id, locale=account.locale)
        self._record(
            connection, Event.ACCESS_REQUEST_NOT_TAKEN, visitor, subject=account.sub, reason="account", told=is_told
        )

    def _ask_to_confirm(self, connection: Connection, wish: Wish, locale: str | None, visitor: Visitor) -> None:
        # One mailbox, however many tags a stranger thinks of.
        index = self.requests.index(connection, untagged(wish.email))
        known = {module.name for module in self.modules.all()}
        if not set(wish.modules) <= known:
            self._record(connection, Event.ACCESS_REQUEST_NOT_TAKEN, visitor, reason="no_such_module")
            return
        if not self.limit.take(connection, index, "confirm", self.settings.access_requests.mails_per_day):
            self._record(connection, Event.ACCESS_REQUEST_NOT_TAKEN, visitor, reason="mails")
            return
        until = self.clock.now() + self.settings.access_requests.confirm_seconds
        token = self.requests.add_unconfirmed(connection, wish, locale, confirm_until=until)
        query = urlencode({"token": token})
        mail = ConfirmAccessRequestMail(
            given_name="", confirm_url=f"{self.settings.issuer}{CONFIRM_PATH}?{query}", confirm_until=until
        )
        self.outbox.enqueue(connection, mail, wish.email, expires_at=until, locale=locale)
        self._record(connection, Event.ACCESS_REQUEST_TAKEN, visitor, modules=list(wish.modules))

    def _record(self, connection: Connection, event: Event, visitor: Visitor, **details: Any) -> None:
        self.trail.record(connection, event, visitor, **details)


def untagged(email: str) -> str:
    """Return the address without what many mail servers read as a tag: `ana+x@clinic.example` is Ana's mailbox too."""
    return f"{local_part(email).partition('+')[0]}@{domain(email)}"
