"""Accounts that nobody has signed in to for long (SECURITY H8): whom to warn, whom to disable, who was.

The days count from the last sign-in, or from the creation or enabling since then. Employees are their directory's to watch
over; programs have clients, not accounts, so there is nothing here to except for them.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from idp.accounts.account_rows import ACCOUNT_COLUMNS
from idp.accounts.accounts import Accounts
from idp.accounts.model import Account, accounts
from idp.clock import Clock
from idp.settings import Quiet

DAY_SECONDS = 86_400
BATCH = 100
"""Accounts that one sweep warns or disables at most, so that mails leave in portions."""

_account = accounts.c
_COUNTS = (_account.disabled_at.is_(None), _account.affiliation != "dmas")


@dataclass(frozen=True)
class QuietAccounts:
    """Finds them and takes the one step that is due, each for one caller only."""

    accounts: Accounts
    clock: Clock
    settings: Quiet

    def begin_counting(self, connection: Connection) -> int:
        """Have the days of accounts count that the release before has made; return how many."""
        new = select(_account.id).where(_account.quiet_since.is_(None), _account.disabled_at.is_(None)).limit(BATCH)
        since = func.coalesce(_account.last_sign_in_at, _account.created_at)
        return connection.execute(
            update(accounts).where(_account.id.in_(new), _account.quiet_since.is_(None)).values(quiet_since=since)
        ).rowcount

    def to_warn(self, connection: Connection) -> list[tuple[Account, int]]:
        """Return accounts to be warned, with the number of the warning; after a pause only the last that is due."""
        found: dict[int, tuple[Account, int]] = {}
        for number in range(len(self.settings.warn_days), 0, -1):
            for account in self._accounts(connection, *self._due_for_warning(number)):
                found.setdefault(account.id, (account, number))
        return list(found.values())[:BATCH]

    def warn(self, connection: Connection, account: Account, number: int) -> int | None:
        """Count the warning as given; return when the account will be disabled, None when somebody else warned.

        Nobody is disabled without a warning: after a pause of ours the last one still leaves its time.
        """
        now = self.clock.now()
        warned = connection.execute(
            update(accounts)
            .where(_account.id == account.id, *self._due_for_warning(number))
            .values(quiet_warnings=number, quiet_warned_at=now)
            .returning(_account.quiet_since)
        ).scalar()
        if warned is None:
            return None
        days = self.settings.disable_days
        return max(int(warned) + days * DAY_SECONDS, now + (days - self.settings.warn_days[-1]) * DAY_SECONDS)

    def to_disable(self, connection: Connection) -> list[Account]:
        """Return accounts that are due to be disabled."""
        return self._accounts(connection, *self._due_for_disabling())

    def is_due(self, connection: Connection, account: Account) -> bool:
        """Whether it is still so, and hold the account until the caller's transaction ends."""
        query = select(_account.id).where(_account.id == account.id, *self._due_for_disabling()).with_for_update()
        return connection.execute(query).first() is not None

    def shut(self, connection: Connection, *, after: int = 0, most: int = 100) -> list[Account]:
        """Return accounts that were disabled for long disuse, in the order of their row numbers, those above `after`."""
        query = select(*ACCOUNT_COLUMNS).where(_account.disabled_by == "quiet", _account.id > after)
        rows = connection.execute(query.order_by(_account.id).limit(most)).all()
        return self.accounts.rows.accounts(rows)

    def _accounts(self, connection: Connection, *conditions: Any) -> list[Account]:
        query = select(*ACCOUNT_COLUMNS).where(*conditions).order_by(_account.quiet_since).limit(BATCH)
        return self.accounts.rows.accounts(connection.execute(query).all())

    def _due_for_warning(self, number: int) -> tuple[Any, ...]:
        return (*self._quiet_for(self.settings.warn_days[number - 1]), _account.quiet_warnings < number)

    def _due_for_disabling(self) -> tuple[Any, ...]:
        days, warn_days = self.settings.disable_days, self.settings.warn_days
        if not warn_days:
            return self._quiet_for(days)
        warned_before = self.clock.now() - (days - warn_days[-1]) * DAY_SECONDS
        return (
            *self._quiet_for(days),
            _account.quiet_warnings >= len(warn_days),
            _account.quiet_warned_at <= warned_before,
        )

    def _quiet_for(self, days: int) -> tuple[Any, ...]:
        limit = self.clock.now() - days * DAY_SECONDS
        return (
            *_COUNTS,
            _account.quiet_since <= limit,
            # A node of the release before notes a sign-in there only.
            or_(_account.last_sign_in_at.is_(None), _account.last_sign_in_at <= limit),
        )
