"""What an account has given to clients: what was agreed to, and since when something runs on it."""

from dataclasses import dataclass

from sqlalchemy import func, select

from idp.clock import Clock
from idp.grants.model import consents, grants
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class Connection:
    """One client that an account is connected with."""

    client_id: str
    scope: tuple[str, ...]
    """What the person agreed to; empty where nobody was asked, because the client is of the MES itself."""
    agreed_at: int | None
    opened_at: int | None
    """When it was opened last, while that still gives it something; None when nothing runs."""


@dataclass(frozen=True)
class Connections:
    """Reads them."""

    database: Database
    clock: Clock

    def of(self, account_id: int) -> list[Connection]:
        """Return the clients that the account agreed to or has live grants with, by client id."""
        agreed, granted = consents.c, grants.c
        with self.database.reading() as connection:
            given = {
                row.client_id: row
                for row in connection.execute(
                    select(agreed.client_id, agreed.scope, agreed.given_at).where(agreed.account_id == account_id)
                )
            }
            opened = {
                row.client_id: row.opened_at
                for row in connection.execute(
                    select(granted.client_id, func.max(granted.created_at).label("opened_at"))
                    .where(
                        granted.account_id == account_id,
                        granted.revoked_at.is_(None),
                        granted.expires_at > self.clock.now(),
                    )
                    .group_by(granted.client_id)
                )
            }
        found = []
        for client_id in sorted(given.keys() | opened.keys()):
            consent = given.get(client_id)
            scope = tuple(consent.scope.split()) if consent is not None else ()
            agreed_at = consent.given_at if consent is not None else None
            found.append(Connection(client_id, scope, agreed_at, opened.get(client_id)))
        return found
