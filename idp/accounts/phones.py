"""The mobile number on file changes: the new one waits before it gets a code, unless its owner confirms it (SECURITY O3).

Meanwhile no code goes to any number: the old one may be lost, and the new one may be somebody else's.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account, accounts
from idp.accounts.notices import Change, Notices
from idp.accounts.notices.model import notices
from idp.clock import Clock
from idp.settings import Phone

_account = accounts.c


DAY = 86_400


class TooManyNumbers(Exception):
    """The number has changed too often today: each change sends a text to a number that somebody named."""


@dataclass(frozen=True)
class Phones:
    """Changes and confirms numbers, in the caller's transaction."""

    clock: Clock
    accounts: Accounts
    notices: Notices
    settings: Phone

    def change(self, connection: Connection, account: Account, phone: str | None) -> None:
        """Take a number in E.164, or none; the old number and the e-mail address are told. Raises TooManyNumbers.

        A caller ends the codes that are on their way to the old number (`Passcodes.void`).
        """
        today = select(func.count()).where(
            notices.c.account_id == account.id,
            notices.c.change == Change.PHONE.value,
            notices.c.at > self.clock.now() - DAY,
        )
        if connection.execute(today).scalar_one() >= self.settings.changes_per_day:
            raise TooManyNumbers
        self.accounts.change_person(connection, account.id, phone=phone)
        usable_from = self.clock.now() + self.settings.cool_off_seconds if phone else None
        connection.execute(update(accounts).where(_account.id == account.id).values(phone_usable_from=usable_from))
        self.notices.tell(connection, account, Change.PHONE, also_text=account.phone)

    def confirm(self, connection: Connection, account: Account) -> bool:
        """Let the number have codes at once; False when it has changed since `account` was read, or waits no more."""
        confirmed = connection.execute(
            update(accounts)
            .where(
                _account.id == account.id,
                _account.phone_usable_from.is_not(None),
                _account.phone_usable_from == account.phone_usable_from,
            )
            .values(phone_usable_from=None)
        )
        return confirmed.rowcount == 1
