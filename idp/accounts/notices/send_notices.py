"""Gathers what is to be told to one owner and puts it into one mail, in the worker, some quiet time after its cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account
from idp.accounts.notices.not_me import PATH, NotMeLinks
from idp.accounts.notices.notices import Notice, Notices
from idp.notify.delivery import Payload
from idp.notify.messages import PhoneChangedText, SecurityNoticeMail
from idp.notify.outbox import Outbox
from idp.store.database import Database


@dataclass(frozen=True)
class SendNotices:
    """Serves the outbox's channel `notice`: job, notices, addresses and mails are one transaction, so each is told once."""

    database: Database
    accounts: Accounts
    notices: Notices
    links: NotMeLinks
    outbox: Outbox
    issuer: str

    def __call__(self, payload: Payload, message_id: str) -> None:
        """See Delivery. A job whose notices went along with an earlier one's finds nothing to do."""
        with self.database.transaction() as connection:
            if not self.outbox.finish(connection, message_id):
                return
            account = self.accounts.by_id(payload["fields"]["account_id"], connection)
            taken = [] if account is None else self.notices.take(connection, account.id)
            if account is None or not taken:
                return
            self._mail(connection, account, account.user_id, taken)
            # An address of before learns of the changes that took it away, and of nothing else.
            for address in sorted({notice.also_mail for notice in taken} - {"", account.user_id}):
                self._mail(connection, account, address, [notice for notice in taken if notice.also_mail == address])
            for notice in taken:
                if notice.also_text:
                    text = PhoneChangedText(at=notice.at)
                    self.outbox.enqueue(connection, text, notice.also_text, locale=_locale(account, taken))

    def _mail(self, connection: Connection, account: Account, address: str, told: Sequence[Notice]) -> None:
        link = self.links.make(connection, account.id, since=min(notice.at for notice in told))
        locale = _locale(account, told)
        # Whoever opens it is not signed in: the page speaks the language of its mail.
        address_of_page = {"token": link.token} | ({"ui_locales": locale} if locale else {})
        mail = SecurityNoticeMail(
            given_name=account.given_name,
            events=[{"change": notice.change.value, "at": notice.at, "detail": notice.detail} for notice in told],
            not_me_url=f"{self.issuer}{PATH}?{urlencode(address_of_page)}",
            not_me_until=link.expires_at,
        )
        self.outbox.enqueue(connection, mail, address, locale=locale)


def _locale(account: Account, told: Sequence[Notice]) -> str | None:
    return account.locale or next((notice.language for notice in told if notice.language), None)
