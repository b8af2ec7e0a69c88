"""The store of changes of the User ID. Every verb takes part in the caller's transaction, which holds the account."""

import secrets as chance
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, or_, select, update

from idp.accounts.model import Account
from idp.accounts.user_ids.model import user_id_changes
from idp.clock import Clock
from idp.store.database import Database
from idp.store.personal_data import PersonalData

StartedBy = Literal["person", "module", "operator"]
Outcome = Literal["done", "replaced", "stopped", "declined", "taken", "shut"]

DAY_SECONDS = 86_400
KEEP_SECONDS = 30 * DAY_SECONDS
"""How long the row of a change that is over is kept."""

_TABLE = "user_id_changes"
_row = user_id_changes.c


@dataclass(frozen=True, slots=True)
class Change:
    """A change that is not over."""

    change_id: str
    account_id: int
    new: str
    """The address that the User ID is to become, in canonical form."""
    started_by: StartedBy
    confirm_until: int
    effective_at: int | None
    """When it takes effect by itself; None until the new address was confirmed."""


@dataclass(frozen=True)
class UserIdChanges:
    """Starts, finds and ends changes. An account has one at a time; a new one ends the one before."""

    database: Database
    clock: Clock
    personal: PersonalData

    def start(
        self,
        connection: Connection,
        account: Account,
        new: str,
        started_by: StartedBy,
        *,
        seconds: int,
        change_id: str = "",
        sid: str | None = None,
    ) -> tuple[str, str]:
        """Keep that `account` is to have the User ID `new`; return the change's id and the token for the mail.

        The new address must show itself within `seconds`. With a `sid` only that session can finish the change.
        """
        now = self.clock.now()
        self.end_all(connection, account.id, "replaced")
        change_id, token = change_id or new_change_id(), chance.token_urlsafe(32)
        connection.execute(
            insert(user_id_changes).values(
                change_id=change_id,
                account_id=account.id,
                sealed_new=self.personal.seal(_TABLE, change_id, {"user_id": new}),
                new_index=self._index(connection, new),
                started_by=started_by,
                sid=sid,
                token_hash=None if sid else _hash(token),
                created_at=now,
                confirm_until=now + seconds,
            )
        )
        return change_id, token

    def of_account(self, connection: Connection, account_id: int) -> Change | None:
        """Return the change that the account has before it."""
        return self._one(connection, _row.account_id == account_id)

    def of_session(self, connection: Connection, account_id: int, sid: str) -> Change | None:
        """Return the change that this session has started and may finish."""
        return self._one(connection, and_(_row.account_id == account_id, _row.sid == sid))

    def by_token(self, connection: Connection, token: str) -> Change | None:
        """Return the change that a mail to a new address is about."""
        return self._one(connection, _row.token_hash == _hash(token))

    def asked_by_module(self, connection: Connection, account_ids: Sequence[int]) -> dict[int, str]:
        """Return what the User IDs of these accounts are to become, where a module asked for it."""
        query = self._open(and_(_row.account_id.in_(account_ids), _row.started_by == "module"))
        rows = connection.execute(query).all() if account_ids else []
        return {row.account_id: self._change(row).new for row in rows}

    def started(self, connection: Connection, account_id: int) -> int:
        """Return how many changes were started for the account in the last day."""
        return self._count(connection, _row.account_id == account_id)

    def mailed(self, connection: Connection, new: str) -> int:
        """Return how many changes to this address were started in the last day, for whatever account."""
        return self._count(connection, _row.new_index == self._index(connection, new))

    def was_declined(self, connection: Connection, account_id: int, new: str) -> bool:
        """Whether whoever reads this address has said, as long as that is kept, that it is not this account's."""
        its = (_row.account_id == account_id, _row.new_index == self._index(connection, new))
        query = select(_row.id).where(*its, _row.outcome == "declined").limit(1)
        return connection.execute(query).first() is not None

    def let_wait(self, connection: Connection, change: Change, effective_at: int) -> bool:
        """Have the change take effect by itself at that time; of many callers one is told True."""
        waits = (
            update(user_id_changes)
            .where(
                _row.change_id == change.change_id,
                _row.ended_at.is_(None),
                _row.effective_at.is_(None),
                _row.confirm_until > self.clock.now(),
            )
            .values(effective_at=effective_at)
        )
        return connection.execute(waits).rowcount == 1

    def end(self, connection: Connection, change: Change, outcome: Outcome) -> bool:
        """End the change; of many callers one is told True."""
        over = update(user_id_changes).where(_row.change_id == change.change_id, _row.ended_at.is_(None))
        return connection.execute(over.values(ended_at=self.clock.now(), outcome=outcome)).rowcount == 1

    def end_all(self, connection: Connection, account_id: int, outcome: Outcome) -> bool:
        """End whatever change the account has before it; whether there was one that could still have come about."""
        over = update(user_id_changes).where(_row.account_id == account_id, _row.ended_at.is_(None))
        ended = over.values(ended_at=self.clock.now(), outcome=outcome).returning(_row.confirm_until, _row.effective_at)
        rows = connection.execute(ended).all()
        return any(row.effective_at is not None or row.confirm_until > self.clock.now() for row in rows)

    def due(self, connection: Connection, most: int = 100) -> list[tuple[str, int]]:
        """Return id and account of changes that are to take effect now."""
        query = select(_row.change_id, _row.account_id).where(
            _row.ended_at.is_(None), _row.effective_at <= self.clock.now()
        )
        return [(row.change_id, row.account_id) for row in connection.execute(query.order_by(_row.id).limit(most))]

    def sweep(self, most: int = 1_000) -> int:
        """Delete up to `most` changes that were over long ago."""
        old = select(_row.id).where(
            _row.created_at < self.clock.now() - KEEP_SECONDS,
            or_(_row.ended_at.is_not(None), _row.effective_at.is_(None)),
        )
        with self.database.reading() as connection:
            return connection.execute(delete(user_id_changes).where(_row.id.in_(old.limit(most)))).rowcount

    def _one(self, connection: Connection, which: ColumnElement[bool]) -> Change | None:
        row = connection.execute(self._open(which).order_by(_row.id.desc()).limit(1)).first()
        return None if row is None else self._change(row)

    def _open(self, which: ColumnElement[bool]) -> Select[Any]:
        is_open = or_(_row.effective_at.is_not(None), _row.confirm_until > self.clock.now())
        return select(user_id_changes).where(which, _row.ended_at.is_(None), is_open)

    def _change(self, row: Any) -> Change:
        words = self.personal.open(_TABLE, row.change_id, row.sealed_new)
        return Change(
            row.change_id,
            row.account_id,
            cast("str", words["user_id"]),
            row.started_by,
            row.confirm_until,
            row.effective_at,
        )

    def _count(self, connection: Connection, which: ColumnElement[bool]) -> int:
        since = self.clock.now() - DAY_SECONDS
        count: Any = connection.execute(select(func.count()).where(which, _row.created_at > since)).scalar_one()
        return int(count)

    def _index(self, connection: Connection, user_id: str) -> str:
        return self.personal.index(connection, "new-user-id", user_id)


def new_change_id() -> str:
    """Return an id that no change has had."""
    return chance.token_hex(16)


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
