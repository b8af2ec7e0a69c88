"""First-use passwords of module accounts (fact S13): made by us, mailed alone, single use, and only the newest one lives.

Twenty random signs of 31 carry 99 bits, so a keyed hash is as good as a slow one. They are mailed in groups of four; case,
spaces and hyphens do not count, for they are typed once, from a mail.
"""

import hmac
import secrets as chance
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from idp.clock import Clock
from idp.modules.account_states import ModuleAccount
from idp.modules.model import module_account_passwords
from idp.sealing import RootSecrets, SealBroken

LENGTH = 20
_GROUP = 4
# No sign that looks like another in print.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_LOOKED_AT = 5

_row = module_account_passwords.c


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """A new password, in clear for the mail only."""

    password: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Match:
    """What was typed is one of the newest passwords of this account."""

    account: ModuleAccount
    password_id: int
    is_live: bool
    """The newest, and not too old."""


@dataclass(frozen=True)
class FirstPasswords:
    """The store of first-use passwords. That one is spent is the account's own transition (`ModuleAccounts.activate`)."""

    clock: Clock
    secrets: RootSecrets

    def issue(self, connection: Connection, account_id: int, lifetime_seconds: int) -> FirstPassword:
        """Make a new one for a module account in the caller's transaction; those before no longer work."""
        now = self.clock.now()
        signs = [chance.choice(_SIGNS) for _ in range(LENGTH)]
        password = "-".join("".join(signs[start : start + _GROUP]) for start in range(0, LENGTH, _GROUP))
        connection.execute(
            insert(module_account_passwords).values(
                module_account_id=account_id,
                password_hash=self._hash(account_id, password, self.secrets.current),
                created_at=now,
                expires_at=now + lifetime_seconds,
            )
        )
        return FirstPassword(password, now + lifetime_seconds)

    def find(
        self, connection: Connection, accounts: Sequence[ModuleAccount], external_id: str, password: str
    ) -> Match | None:
        """Return which of a person's accounts has this id and this password, be it live or not; else None.

        The work is the same whichever of the two is wrong, so that neither answer nor time tells them apart.
        """
        now = self.clock.now()
        found = None
        for account in accounts:
            rows = connection.execute(
                select(_row.id, _row.password_hash, _row.expires_at)
                .where(_row.module_account_id == account.id)
                .order_by(_row.id.desc())
                .limit(_LOOKED_AT)
            ).all()
            id_fits = hmac.compare_digest((account.external_id or "").encode(), external_id.encode("utf-8", "replace"))
            for place, row in enumerate(rows):
                if self._is_of(account.id, password, row.password_hash) and id_fits and account.external_id:
                    found = Match(account, row.id, is_live=place == 0 and now < row.expires_at)
        return found

    def times_issued(self, connection: Connection, account_ids: Sequence[int], since: int) -> list[int]:
        """Return when passwords were made for these accounts after `since`, oldest first; those made together count once."""
        query = select(_row.created_at).where(_row.module_account_id.in_(account_ids), _row.created_at > since)
        return list(connection.execute(query.group_by(_row.created_at).order_by(_row.created_at)).scalars())

    def _is_of(self, account_id: int, password: str, kept: str) -> bool:
        try:
            typed = self._hash(account_id, password, int(kept.partition("$")[0]))
        except SealBroken:
            return False
        return hmac.compare_digest(typed, kept)

    def _hash(self, account_id: int, password: str, generation: int) -> str:
        text = "".join(password.split()).replace("-", "").lower().encode("utf-8", "replace").decode()
        return (
            f"{generation}$"
            + self.secrets.mac("module-first-password", str(account_id), text, generation=generation).hex()
        )
