"""Somebody who has an account is mailed a temporary password, to the address on file and nowhere else (fact S7)."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from idp.accounts.model import Account, accounts
from idp.accounts.temporary_password import TemporaryPasswords
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.notify.messages import TemporaryPasswordMail
from idp.notify.outbox import Outbox
from idp.settings import Settings


@dataclass(frozen=True)
class SendTemporaryPassword:
    """For a reset, asked for by the person or started by the help desk. The present password keeps working."""

    temporary_passwords: TemporaryPasswords
    outbox: Outbox
    trail: Trail
    settings: Settings

    def __call__(
        self,
        connection: Connection,
        account: Account,
        visitor: Visitor,
        *,
        start_url: str = "",
        module_title: str = "",
        locale: str | None = None,
    ) -> None:
        """Issue it, mail it and put it on record, in the caller's transaction.

        `start_url` and `module_title` name the module that the person was on the way to, `locale` the language for who
        has chosen none.
        """
        issued = self.temporary_passwords.issue(connection, account.id, "self_service")
        self.outbox.enqueue(
            connection,
            TemporaryPasswordMail(
                given_name=account.given_name,
                temporary_password=issued.password,
                expires_at=issued.expires_at,
                sign_in_url=start_url or f"{self.settings.issuer}/sign-in",
                is_reset=self._has_password(connection, account),
                module_title=module_title,
            ),
            account.user_id,
            expires_at=issued.expires_at,
            locale=account.locale or locale,
        )
        self.trail.record(
            connection, Event.TEMPORARY_PASSWORD_ISSUED, visitor, subject=account.sub, purpose="self_service"
        )

    def _has_password(self, connection: Connection, account: Account) -> bool:
        """Whether there is one that goes on working; not for who let the first temporary one run out."""
        query = select(accounts.c.password_hash.is_not(None)).where(accounts.c.id == account.id)
        return bool(connection.execute(query).scalar())
