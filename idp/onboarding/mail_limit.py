"""How many mails a stranger can cause to one address: a rolling window for each address and kind of mail, in one statement."""

from dataclasses import dataclass

from sqlalchemy import Connection, case, delete, or_
from sqlalchemy.dialects import postgresql, sqlite

from idp.clock import Clock
from idp.onboarding.model import access_request_mails

WINDOW_SECONDS = 86_400
_row = access_request_mails.c


@dataclass(frozen=True)
class MailLimit:
    """Counts mails; kept in the database, so that a cache that is emptied opens nothing."""

    clock: Clock

    def take(self, connection: Connection, address_index: str, kind: str, most: int) -> bool:
        """Count one mail of this kind to this address; False when it has had `most` since its window of a day began."""
        now = self.clock.now()
        is_over = _row.since <= now - WINDOW_SECONDS
        choose = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        counted = (
            choose(access_request_mails)
            .values(address_index=address_index, kind=kind, since=now, mails=1)
            .on_conflict_do_update(
                index_elements=["address_index", "kind"],
                set_={
                    "since": case((is_over, now), else_=_row.since),
                    "mails": case((is_over, 1), else_=_row.mails + 1),
                },
                where=or_(is_over, _row.mails < most),
            )
            .returning(_row.mails)
        )
        return connection.execute(counted).first() is not None

    def sweep(self, connection: Connection) -> int:
        """Forget the windows that are over; return how many."""
        over = delete(access_request_mails).where(_row.since <= self.clock.now() - WINDOW_SECONDS)
        return connection.execute(over).rowcount
