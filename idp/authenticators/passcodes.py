"""One-time passcodes that we send (fact S5): how they are made, kept, counted and spent.

Only the newest code of an interaction lives; it takes three tries. Every verb takes part in the caller's transaction.
"""

import hmac
import re
import secrets as chance
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from idp.authenticators.model import challenges
from idp.clock import Clock
from idp.sealing import RootSecrets, SealBroken
from idp.settings import Passcode

HOUR = 3_600
DAY = 86_400

_row = challenges.c


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code to be sent."""

    code: str
    expires_at: int
    again_at: int
    """When another one may be asked for."""


@dataclass(frozen=True, slots=True)
class TooMany:
    """None was made: too soon after the last, or too many in an hour or a day."""

    again_at: int


@dataclass(frozen=True, slots=True)
class Sent:
    """The newest code of an interaction, as its page shows it."""

    channel: str
    expires_at: int
    again_at: int


@dataclass(frozen=True, slots=True)
class Try:
    """The right to compare one code with the newest of the interaction."""

    id: int
    channel: str
    code_hash: str
    tries_left: int
    """For this code, when this try turns out wrong."""


@dataclass(frozen=True)
class Passcodes:
    """The store of challenges."""

    clock: Clock
    secrets: RootSecrets
    settings: Passcode

    def make(self, connection: Connection, interaction_id: str, account_id: int, channel: str) -> NewCode | TooMany:
        """Make the interaction's newest code; the caller holds the account, so that sends are counted one by one."""
        now = self.clock.now()
        again_at = self._again_at(connection, account_id, channel)
        if again_at > now:
            return TooMany(again_at)
        connection.execute(
            update(challenges)
            .where(_row.interaction_id == interaction_id, _row.superseded_at.is_(None))
            .values(superseded_at=now)
        )
        digits = self.settings.digits
        code = f"{chance.randbelow(10**digits):0{digits}}"
        expires_at = now + self.settings.lifetime_seconds
        connection.execute(
            insert(challenges).values(
                interaction_id=interaction_id,
                account_id=account_id,
                channel=channel,
                code_hash=self._hash(interaction_id, account_id, channel, code, self.secrets.current),
                created_at=now,
                expires_at=expires_at,
                attempts=0,
            )
        )
        return NewCode(code, expires_at, self._again_at(connection, account_id, channel))

    def newest(self, connection: Connection, interaction_id: str, account_id: int) -> Sent | None:
        """Return the interaction's newest code, live or not, without what would tell it."""
        found = connection.execute(
            select(_row.channel, _row.expires_at)
            .where(_row.interaction_id == interaction_id, _row.account_id == account_id)
            .order_by(_row.id.desc())
            .limit(1)
        ).first()
        if found is None:
            return None
        return Sent(found.channel, found.expires_at, self._again_at(connection, account_id, found.channel))

    def is_shaped(self, code: str) -> bool:
        """Whether `code` can be one: so many digits 0 to 9, and nothing else."""
        return re.fullmatch(f"[0-9]{{{self.settings.digits}}}", code) is not None

    def reserve(self, connection: Connection, interaction_id: str, account_id: int) -> Try | None:
        """Count one try against the newest code before comparing; None when no code can be tried any more."""
        found = connection.execute(
            update(challenges)
            .where(
                _row.interaction_id == interaction_id,
                _row.account_id == account_id,
                _row.consumed_at.is_(None),
                _row.superseded_at.is_(None),
                _row.attempts < self.settings.max_attempts,
                _row.expires_at >= self.clock.now(),
            )
            .values(attempts=_row.attempts + 1)
            .returning(_row.id, _row.channel, _row.code_hash, _row.attempts)
        ).first()
        if found is None:
            return None
        return Try(found.id, found.channel, found.code_hash, self.settings.max_attempts - found.attempts)

    def is_right(self, attempt: Try, interaction_id: str, account_id: int, code: str) -> bool:
        """Compare in constant time."""
        generation = int(attempt.code_hash.partition("$")[0])
        try:
            typed = self._hash(interaction_id, account_id, attempt.channel, code, generation)
        except SealBroken:
            return False
        return hmac.compare_digest(typed, attempt.code_hash)

    def consume(self, connection: Connection, attempt: Try) -> bool:
        """Spend the code that was right; of many callers one is told True."""
        spent = connection.execute(
            update(challenges)
            .where(_row.id == attempt.id, _row.consumed_at.is_(None), _row.superseded_at.is_(None))
            .values(consumed_at=self.clock.now())
        )
        return spent.rowcount == 1

    def void(self, connection: Connection, account_id: int) -> None:
        """End every code of the account: it is locked, or its password was changed."""
        connection.execute(
            update(challenges)
            .where(_row.account_id == account_id, _row.consumed_at.is_(None), _row.superseded_at.is_(None))
            .values(superseded_at=self.clock.now())
        )

    def _again_at(self, connection: Connection, account_id: int, channel: str) -> int:
        """When the next code may be sent on a channel, by what was sent before in any interaction.

        The shortest time between two is a channel's own, so that going back from mail to text sends at once (fact S4);
        the hour and the day count both. A code that was used counts no longer: its message was wanted, and nobody else
        can have used it.
        """
        now = self.clock.now()
        sent = connection.execute(
            select(_row.created_at, _row.channel)
            .where(_row.account_id == account_id, _row.created_at > now - DAY, _row.consumed_at.is_(None))
            .order_by(_row.created_at.desc())
            .limit(self.settings.sends_per_day)
        ).all()
        moments = [now]
        last = next((row.created_at for row in sent if row.channel == channel), None)
        if last is not None:
            moments.append(last + self.settings.resend_seconds)
        if len(sent) >= self.settings.sends_per_hour:
            moments.append(sent[self.settings.sends_per_hour - 1].created_at + HOUR)
        if len(sent) >= self.settings.sends_per_day:
            moments.append(sent[self.settings.sends_per_day - 1].created_at + DAY)
        return max(moments)

    def _hash(self, interaction_id: str, account_id: int, channel: str, code: str, generation: int) -> str:
        bound = self.secrets.mac("passcode", interaction_id, str(account_id), channel, code, generation=generation)
        return f"{generation}${bound.hex()}"[:64]
