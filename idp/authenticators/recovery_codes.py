"""Recovery codes (SP 800-63B 4.2.1.1): ten one-time codes that the person keeps on paper, for when the app is lost.

They are shown once and kept as keyed hashes. New ones replace the old at the moment when the person says that they are kept,
so nobody is left with codes that open nothing because a page was closed too early.
"""

import hmac
import re
import secrets as chance
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from idp.audit.events import Event
from idp.authenticators.levels import MFA
from idp.authenticators.model import recovery_codes
from idp.clock import Clock
from idp.sealing import RootSecrets, SealBroken

METHOD = "recovery"
ACR = MFA
"""A saved secret beside the password: what gets somebody back in who lost the app (SP 800-63B 3.1.2, 4.2.2.2)."""
AMR = ("otp", "mfa")

CODES = 10
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that is taken for a digit. 16 of them are 80 bits."""
_LENGTH = 16
_GROUP = 4
_CODE = re.compile(f"[{ALPHABET}]{{{_LENGTH}}}")
_MISREAD = str.maketrans("OIL", "011")

_code = recovery_codes.c


@dataclass(frozen=True, slots=True)
class NewCodes:
    """Codes to be shown, once; they work after `keep`."""

    batch: str
    codes: tuple[str, ...]


def canonical(typed: str) -> str | None:
    """Return a code as it was made, however people type it; None when it cannot be one."""
    plain = re.sub(r"[\s-]", "", typed)
    # Not upper(), which makes ASCII of letters that were none.
    if not plain.isascii():
        return None
    plain = plain.upper().translate(_MISREAD)
    return plain if _CODE.fullmatch(plain) else None


@dataclass(frozen=True)
class RecoveryCodes:
    """The store. Every verb takes part in the caller's transaction."""

    clock: Clock
    secrets: RootSecrets
    method: ClassVar[str] = METHOD
    accepted: ClassVar[Event] = Event.RECOVERY_CODE_ACCEPTED
    rejected: ClassVar[Event] = Event.RECOVERY_CODE_REJECTED

    def make(self, connection: Connection, account_id: int) -> NewCodes:
        """Make codes to be shown; those that were shown before and never kept are forgotten, those in use stay."""
        connection.execute(delete(recovery_codes).where(_code.account_id == account_id, _code.kept_at.is_(None)))
        new = NewCodes(chance.token_urlsafe(32), tuple(_new_code() for _ in range(CODES)))
        now = self.clock.now()
        rows = [
            {
                "account_id": account_id,
                "batch": new.batch,
                "code_hash": self._hash(account_id, code.replace("-", ""), self.secrets.current),
                "created_at": now,
            }
            for code in new.codes
        ]
        connection.execute(insert(recovery_codes), rows)
        return new

    def keep(self, connection: Connection, account_id: int, batch: str) -> bool:
        """Take the codes that were shown as `batch` into use, in place of all others; False when they are gone."""
        kept = connection.execute(
            update(recovery_codes)
            .where(_code.account_id == account_id, _code.batch == batch, _code.kept_at.is_(None))
            .values(kept_at=self.clock.now())
        )
        if kept.rowcount:
            connection.execute(delete(recovery_codes).where(_code.account_id == account_id, _code.batch != batch))
        return kept.rowcount > 0

    def left(self, connection: Connection, account_id: int) -> int:
        """Return how many codes still work."""
        query = select(func.count()).select_from(recovery_codes).where(*_works(account_id))
        return connection.execute(query).scalar_one()

    def made_at(self, connection: Connection, account_id: int) -> int | None:
        """Return when the codes in use were made, spent or not; None when there are none."""
        query = select(func.max(_code.kept_at)).where(_code.account_id == account_id)
        made: int | None = connection.execute(query).scalar()
        return made

    def read(self, typed: str) -> str | None:
        """Return the code as it was made; None when what was typed cannot be one."""
        return canonical(typed)

    def accept(self, connection: Connection, account_id: int, code: str) -> bool:
        """Spend the code (as `canonical` returns it) if it is right; of many callers at once one is told True."""
        rows = connection.execute(select(_code.id, _code.code_hash).where(*_works(account_id))).all()
        matching = [row.id for row in rows if self._is(account_id, code, row.code_hash)]
        if not matching:
            return False
        spent = connection.execute(
            update(recovery_codes)
            .where(_code.id == matching[0], _code.used_at.is_(None))
            .values(used_at=self.clock.now())
        )
        return spent.rowcount == 1

    def remove(self, connection: Connection, account_id: int) -> bool:
        """Forget every code of the account; tell whether any worked."""
        had_some = self.left(connection, account_id) > 0
        connection.execute(delete(recovery_codes).where(_code.account_id == account_id))
        return had_some

    def _is(self, account_id: int, code: str, kept: str) -> bool:
        try:
            typed = self._hash(account_id, code, int(kept.partition("$")[0]))
        except SealBroken:
            return False
        return hmac.compare_digest(typed, kept)

    def _hash(self, account_id: int, code: str, generation: int) -> str:
        mac = self.secrets.mac("recovery-code", str(account_id), code, generation=generation)
        return f"{generation}${mac.hex()}"


def _works(account_id: int) -> tuple[ColumnElement[bool], ...]:
    return _code.account_id == account_id, _code.kept_at.is_not(None), _code.used_at.is_(None)


def _new_code() -> str:
    plain = "".join(chance.choice(ALPHABET) for _ in range(_LENGTH))
    return "-".join(plain[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))
