"""Addresses that were User IDs: their account may have them back, and nobody else, until an operator releases one.

A mailbox that changes hands must lead its new owner neither into the account nor into the record of the last one: modules
know people by address, too.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.accounts.user_ids.model import former_user_ids
from idp.clock import Clock

_row = former_user_ids.c


@dataclass(frozen=True)
class FormerUserIds:
    """The store, in the caller's transaction. An `index` is `AccountRows.index` of the address."""

    clock: Clock

    def keep(self, connection: Connection, index: str, account_id: int) -> None:
        """Keep an address that the account has just given up."""
        choose = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        new = choose(former_user_ids).values(user_id_index=index, account_id=account_id, given_up_at=self.clock.now())
        again = {"account_id": new.excluded.account_id, "given_up_at": new.excluded.given_up_at}
        connection.execute(new.on_conflict_do_update(index_elements=["user_id_index"], set_=again))

    def release(self, connection: Connection, index: str) -> bool:
        """Let anybody have the address again; False when it was nobody's."""
        return connection.execute(delete(former_user_ids).where(_row.user_id_index == index)).rowcount == 1


def kept_for(connection: Connection, index: str) -> int | None:
    """Return the row number of the account that the address is kept for; None when anybody may have it."""
    return connection.execute(select(_row.account_id).where(_row.user_id_index == index)).scalar()
