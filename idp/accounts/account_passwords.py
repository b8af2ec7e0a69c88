"""The password of an account as it is kept: its hash, when it was set, whether it must change."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, update

from idp.accounts.model import accounts
from idp.clock import Clock

_account = accounts.c


@dataclass(frozen=True)
class AccountPasswords:
    """Each verb is one statement in the caller's transaction; hashes are those of `PasswordHasher`."""

    clock: Clock

    def set(self, connection: Connection, account_id: int, password_hash: str) -> None:
        """Give the account a new password, whatever it had."""
        connection.execute(
            update(accounts)
            .where(_account.id == account_id)
            .values(password_hash=password_hash, password_changed_at=self._later(), must_change_password=False)
        )

    def replace(self, connection: Connection, account_id: int, old_hash: str, new_hash: str) -> bool:
        """Change the password, unless it is no longer the one behind `old_hash`; of two changes at once one wins."""
        changed = connection.execute(
            update(accounts)
            .where(_account.id == account_id, _account.password_hash == old_hash)
            .values(password_hash=new_hash, password_changed_at=self._later(), must_change_password=False)
        )
        return changed.rowcount == 1

    def forget(self, connection: Connection, account_id: int) -> None:
        """Let no password open the account until a reset has set a new one."""
        connection.execute(
            update(accounts)
            .where(_account.id == account_id)
            .values(password_hash=None, password_changed_at=self._later())
        )

    def rehash(self, connection: Connection, account_id: int, old_hash: str, new_hash: str) -> bool:
        """Keep the same password under a new hash, unless it was changed meanwhile."""
        kept = connection.execute(
            update(accounts)
            .where(_account.id == account_id, _account.password_hash == old_hash)
            .values(password_hash=new_hash)
        )
        return kept.rowcount == 1

    def demand_new(self, connection: Connection, account_id: int) -> bool:
        """Have the person change the password at the next sign-in (evidence of compromise; SECURITY P6).

        False when that was demanded already, and for who has no password.
        """
        demanded = connection.execute(
            update(accounts)
            .where(
                _account.id == account_id, _account.password_hash.is_not(None), _account.must_change_password.is_(False)
            )
            .values(must_change_password=True)
        )
        return demanded.rowcount == 1

    def _later(self) -> Any:
        """Now, or a second after the change before: every password has a moment of its own, by which a proof knows it."""
        now = self.clock.now()
        return case((_account.password_changed_at >= now, _account.password_changed_at + 1), else_=now)
