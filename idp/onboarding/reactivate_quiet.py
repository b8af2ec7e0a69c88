"""Accounts that long disuse has shut, for those who approve access to a module that such a person may open (SECURITY H8)."""

import re
from dataclasses import dataclass, replace

from sqlalchemy import select

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account, accounts
from idp.accounts.reactivate import Reactivate
from idp.audit.trail import Visitor
from idp.modules.model import module_access
from idp.onboarding.approvers import Approvers
from idp.store.database import Database

PAGE_SIZE = 20
_SUB = re.compile(r"[A-Za-z0-9_-]{1,64}")

_account = accounts.c
_access = module_access.c


@dataclass(frozen=True, slots=True)
class QuietPage:
    """Some of the accounts."""

    accounts: tuple[Account, ...]
    next: str
    """`sub` to ask for what follows; "" at the end."""


@dataclass(frozen=True)
class ReactivateQuiet:
    """Lists them and opens one again."""

    database: Database
    accounts: Accounts
    approvers: Approvers
    reactivate: Reactivate

    def waiting_for(self, approver: Account, *, after: str = "") -> QuietPage:
        """Return the accounts that this approver may open again, those after the account `after`."""
        last = self.accounts.by_sub(after) if _SUB.fullmatch(after) else None
        ids = self._ids(approver, above=0 if last is None else last.id, most=PAGE_SIZE + 1)
        found = [account for one in ids[:PAGE_SIZE] if (account := self.accounts.by_id(one)) is not None]
        return QuietPage(tuple(found), found[-1].sub if len(ids) > PAGE_SIZE and found else "")

    def __call__(self, approver: Account, sub: str, visitor: Visitor) -> bool:
        """Open the account again; False when that is not this approver's to do, or done already."""
        account = self.accounts.by_sub(sub)
        if account is None or account.id not in self._ids(approver, above=account.id - 1, most=1):
            return False
        return self.reactivate(account, replace(visitor, actor=approver.sub), only_quiet=True)

    def _ids(self, approver: Account, *, above: int, most: int) -> list[int]:
        with self.database.reading() as connection:
            modules = self.approvers.modules_of(approver.id, connection)
            opens_one = (
                select(_access.account_id)
                .where(_access.account_id == _account.id, _access.module.in_(modules))
                .exists()
            )
            query = select(_account.id).where(
                _account.disabled_by == "quiet", _account.id > above, _account.id != approver.id, opens_one
            )
            return list(connection.execute(query.order_by(_account.id).limit(most)).scalars())
