"""What people agreed to give to clients that are not of the MES itself; remembered until withdrawn."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.clock import Clock
from idp.grants.grants import revoke_for_client
from idp.grants.model import consents
from idp.store.database import Database

_column = consents.c


@dataclass(frozen=True)
class Consents:
    """The store of consents."""

    database: Database
    clock: Clock

    def covers(self, account_id: int, client_id: str, scope: Iterable[str]) -> bool:
        """Whether the person has agreed to every one of these scopes before. Raises StoreUnavailable."""
        with self.database.reading() as connection:
            return set(scope) <= _given(connection, account_id, client_id)

    def give(self, connection: Connection, account_id: int, client_id: str, scope: Iterable[str]) -> None:
        """Add these scopes to what the person agreed to; two tabs at once add both."""
        now, insert = self.clock.now(), postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        new = insert(consents).values(account_id=account_id, client_id=client_id, scope="", given_at=now)
        own = new.on_conflict_do_update(index_elements=["account_id", "client_id"], set_={"given_at": now})
        # Now there is a row, and it is ours: whoever else adds to it, or takes it back, waits.
        given: str = connection.execute(own.returning(_column.scope)).scalar_one()
        agreed = " ".join(sorted({*given.split(), *scope}))
        its = (_column.account_id == account_id, _column.client_id == client_id)
        connection.execute(update(consents).where(*its).values(scope=agreed))

    def withdraw(self, connection: Connection, account_id: int, client_id: str) -> bool:
        """Forget the consent and end what was given on it; False when there was none."""
        gone = connection.execute(
            delete(consents).where(_column.account_id == account_id, _column.client_id == client_id)
        )
        revoke_for_client(connection, account_id, client_id, self.clock.now())
        return gone.rowcount > 0


def still_agreed(connection: Connection, account_id: int, client_id: str, scope: Iterable[str]) -> bool:
    """Whether the person agrees to these scopes, until the caller's transaction ends: a withdrawal waits for it."""
    query = select(_column.scope).where(_column.account_id == account_id, _column.client_id == client_id)
    given = connection.execute(query.with_for_update(read=True)).scalar() or ""
    return set(scope) <= set(given.split())


def _given(connection: Connection, account_id: int, client_id: str) -> set[str]:
    query = select(_column.scope).where(_column.account_id == account_id, _column.client_id == client_id)
    return set((connection.execute(query).scalar() or "").split())
