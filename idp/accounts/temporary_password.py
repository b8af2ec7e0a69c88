"""Temporary passwords (facts S7 and S12): made by us, mailed alone, single use, and only the newest one lives.

Twenty random characters carry over 110 bits, so a keyed hash is as good as a slow one, and comparing it costs every sign-in
the same. The main password keeps working until a new one is set: asking for a reset attacks nobody (SECURITY R3).
"""

import hmac
import secrets as chance
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, func, insert, select, update

from idp.accounts.model import accounts, temporary_passwords
from idp.clock import Clock
from idp.sealing import RootSecrets, SealBroken
from idp.settings import TemporaryPassword

Purpose = Literal["self_service", "onboarding"]

LENGTH = 20
# No character that looks like another in print, and none that HTML or a phone's keyboard changes.
_CLASSES = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789", "!@$%*?")
_LOOKED_AT = 5

_row = temporary_passwords.c


@dataclass(frozen=True, slots=True)
class Issued:
    """A new temporary password, in clear for the mail only."""

    password: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Match:
    """A temporary password of the account that somebody has typed."""

    id: int
    issued_at: int
    is_live: bool
    """Not used, not superseded, not too old."""


@dataclass(frozen=True, slots=True)
class Last:
    """The newest that was made for an account; nothing of the password itself."""

    created_at: int
    expires_at: int
    is_unused: bool
    """Whether it is neither spent nor replaced; its time may be over."""


@dataclass(frozen=True)
class TemporaryPasswords:
    """The store of temporary passwords."""

    clock: Clock
    secrets: RootSecrets
    settings: TemporaryPassword

    def issue(self, connection: Connection, account_id: int, purpose: Purpose) -> Issued:
        """Make a new one in the caller's transaction; those before no longer work."""
        now = self.clock.now()
        lifetime = self.settings.onboarding_seconds if purpose == "onboarding" else self.settings.self_service_seconds
        # Hold the account, so that of two requests at once the later one's password is the one that lives.
        connection.execute(select(accounts.c.id).where(accounts.c.id == account_id).with_for_update())
        self.supersede(connection, account_id)
        password = _random_password()
        connection.execute(
            insert(temporary_passwords).values(
                account_id=account_id,
                password_hash=self._hash(account_id, password, self.secrets.current),
                purpose=purpose,
                created_at=now,
                expires_at=now + lifetime,
            )
        )
        return Issued(password, now + lifetime)

    def issued_within(self, connection: Connection, account_id: int, purpose: Purpose, seconds: int) -> int:
        """Return how many were made for the account in the last `seconds`."""
        since = self.clock.now() - seconds
        return connection.execute(
            select(func.count()).where(_row.account_id == account_id, _row.purpose == purpose, _row.created_at > since)
        ).scalar_one()

    def was_issued(self, connection: Connection, account_id: int) -> bool:
        """Whether one was ever made for the account."""
        return connection.execute(select(_row.id).where(_row.account_id == account_id).limit(1)).first() is not None

    def last(self, connection: Connection, account_id: int) -> Last | None:
        """Return the newest of the account; None when there never was one."""
        newest = select(temporary_passwords).where(_row.account_id == account_id).order_by(_row.id.desc()).limit(1)
        row = connection.execute(newest).first()
        if row is None:
            return None
        return Last(row.created_at, row.expires_at, row.used_at is None and row.superseded_at is None)

    def find(self, connection: Connection, account_id: int, password: str) -> Match | None:
        """Return the temporary password that was typed, be it live or not; None when it is none of the newest."""
        now = self.clock.now()
        rows = connection.execute(
            select(_row.id, _row.password_hash, _row.created_at, _row.expires_at, _row.used_at, _row.superseded_at)
            .where(_row.account_id == account_id)
            .order_by(_row.id.desc())
            .limit(_LOOKED_AT)
        ).all()
        match = None
        for row in rows:
            generation = int(row.password_hash.partition("$")[0])
            try:
                typed = self._hash(account_id, password, generation)
            except SealBroken:
                continue
            if hmac.compare_digest(typed, row.password_hash):
                is_live = row.used_at is None and row.superseded_at is None and now < row.expires_at
                match = Match(row.id, row.created_at, is_live)
        return match

    def use(self, connection: Connection, temporary_id: int) -> bool:
        """Spend it, when the new password is set; of many callers one is told True.

        Its age was judged when it was typed: whoever was in time has time for the code and the new password.
        """
        spent = connection.execute(
            update(temporary_passwords)
            .where(_row.id == temporary_id, _row.used_at.is_(None), _row.superseded_at.is_(None))
            .values(used_at=self.clock.now())
        )
        return spent.rowcount == 1

    def supersede(self, connection: Connection, account_id: int) -> None:
        """End every one of the account that was not used."""
        connection.execute(
            update(temporary_passwords)
            .where(_row.account_id == account_id, _row.used_at.is_(None), _row.superseded_at.is_(None))
            .values(superseded_at=self.clock.now())
        )

    def _hash(self, account_id: int, password: str, generation: int) -> str:
        text = password.encode("utf-8", "replace").decode()
        return (
            f"{generation}$"
            + self.secrets.mac("temporary-password", str(account_id), text, generation=generation).hex()
        )


def _random_password() -> str:
    alphabet = "".join(_CLASSES)
    while True:
        password = "".join(chance.choice(alphabet) for _ in range(LENGTH))
        if all(set(password) & set(characters) for characters in _CLASSES):
            return password
