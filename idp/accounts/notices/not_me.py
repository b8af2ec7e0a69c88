"""The address in a notice's mail that says "this was not me": random, kept as a hash, good once, for some days.

It needs no sign-in, for whoever has taken an account over may have locked its owner out; and it opens nothing, it only
closes. Opening it changes nothing either: mail scanners do that (SECURITY 4.27).
"""

import secrets as chance
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection, delete, insert, select, update

from idp.accounts.notices.model import not_me_links
from idp.clock import Clock
from idp.settings import Notices as NoticeSettings
from idp.store.database import Database

PATH = "/not-me"
KEEP_SECONDS = 30 * 86_400
"""How long after its end an address is still told apart from one that never was."""

_row = not_me_links.c


@dataclass(frozen=True, slots=True)
class Link:
    """A new address."""

    token: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Spent:
    """The address was good, and this caller has used it up."""

    account_id: int
    since: int
    """The earliest thing that its mail told of."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """The address does nothing any more."""

    why: Literal["used", "gone"]
    """`used` before, or `gone`: too old, or there never was such a one."""


@dataclass(frozen=True)
class NotMeLinks:
    """The store of these addresses."""

    database: Database
    clock: Clock
    settings: NoticeSettings

    def make(self, connection: Connection, account_id: int, *, since: int) -> Link:
        """Make an address for one mail in the caller's transaction."""
        token = chance.token_urlsafe(32)
        expires_at = self.clock.now() + self.settings.not_me_days * 86_400
        connection.execute(
            insert(not_me_links).values(
                token_hash=_hash(token), account_id=account_id, since=since, expires_at=expires_at
            )
        )
        return Link(token, expires_at)

    def look(self, connection: Connection, token: str) -> Unusable | None:
        """Return why the address does nothing any more; None when it is good. Changes nothing."""
        found = connection.execute(select(_row.expires_at, _row.used_at).where(_row.token_hash == _hash(token))).first()
        if found is None:
            return Unusable("gone")
        if found.used_at is not None:
            return Unusable("used")
        return None if found.expires_at > self.clock.now() else Unusable("gone")

    def spend(self, connection: Connection, token: str) -> Spent | Unusable:
        """Use the address up; of many callers at once one gets `Spent`."""
        now = self.clock.now()
        spent = connection.execute(
            update(not_me_links)
            .where(_row.token_hash == _hash(token), _row.used_at.is_(None), _row.expires_at > now)
            .values(used_at=now)
            .returning(_row.account_id, _row.since)
        ).first()
        if spent is not None:
            return Spent(spent.account_id, spent.since)
        return self.look(connection, token) or Unusable("used")

    def sweep(self, most: int = 1_000) -> int:
        """Delete up to `most` addresses that ended long ago."""
        old = select(_row.token_hash).where(_row.expires_at < self.clock.now() - KEEP_SECONDS).limit(most)
        with self.database.reading() as connection:
            return connection.execute(delete(not_me_links).where(_row.token_hash.in_(old))).rowcount


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
