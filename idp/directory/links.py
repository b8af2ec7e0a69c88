"""Which account belongs to which person of an upstream: by issuer and subject, which are never given to somebody else."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.clock import Clock
from idp.directory.model import upstream_links

_link = upstream_links.c


@dataclass(frozen=True)
class UpstreamLinks:
    """Makes, finds and removes links, each in the caller's transaction."""

    clock: Clock

    def find(self, connection: Connection, issuer: str, subject: str) -> int | None:
        """Return the row number of the account that belongs to this person."""
        query = select(_link.account_id).where(_link.issuer == issuer, _link.subject == subject)
        return connection.execute(query).scalar_one_or_none()

    def link(self, connection: Connection, issuer: str, subject: str, account_id: int) -> bool:
        """Link the two; tell whether this call did it. Neither may be linked already to another one of the issuer."""
        choose = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        new = choose(upstream_links).values(
            account_id=account_id, issuer=issuer, subject=subject, created_at=self.clock.now()
        )
        return connection.execute(new.on_conflict_do_nothing().returning(_link.id)).first() is not None

    def unlink(self, connection: Connection, account_id: int) -> bool:
        """Forget whom the account belongs to; False when it belonged to nobody."""
        return connection.execute(delete(upstream_links).where(_link.account_id == account_id)).rowcount > 0
