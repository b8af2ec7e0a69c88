"""The cookie that shows that a browser completed a sign-in before (SECURITY 2.3): attempts of its own, never a factor."""

import hmac
import re
import secrets as chance
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.accounts.notices.model import forgotten_devices
from idp.clock import Clock
from idp.sealing import RootSecrets, SealBroken
from idp.settings import Lockout
from idp.store.database import Database
from idp.store.prepared import Prepared

_COOKIE = re.compile(r"([0-9]{1,6})\.([0-9]{1,12})\.([A-Za-z0-9_-]{22})\.([0-9a-f]{64})")


_FORGOTTEN = Prepared(
    select(forgotten_devices.c.until).where(forgotten_devices.c.account_id == bindparam("account_id"))
)


@dataclass(frozen=True)
class KnownDevices:
    """Makes and reads the cookie. It names the User ID only inside its MAC."""

    database: Database
    clock: Clock
    secrets: RootSecrets
    settings: Lockout

    def read(
        self, cookie: str | None, user_id: str, account_id: int | None, connection: Connection | None = None
    ) -> str | None:
        """Return the nonce of this browser when the cookie was made for this User ID, is not too old and not forgotten.

        `account_id` is None where there is no account. The database is asked only about a cookie that is ours.
        """
        match = _COOKIE.fullmatch(cookie or "")
        if match is None:
            return None
        generation, issued_at, nonce, mac = match.groups()
        try:
            expected = self._mac(user_id, nonce, issued_at, int(generation))
        except SealBroken:
            return None
        age = self.clock.now() - int(issued_at)
        is_ours = hmac.compare_digest(expected, mac)
        if not is_ours or not 0 <= age < self.settings.device_days * 86_400:
            return None
        if account_id is not None and int(issued_at) <= self._forgotten_until(account_id, connection):
            return None
        return nonce

    def issue(self, user_id: str, known: str | None) -> tuple[str, str]:
        """Return a new cookie and its nonce, after a complete sign-in; the nonce of a `known` browser stays."""
        nonce = known or chance.token_urlsafe(16)
        issued_at = str(self.clock.now())
        generation = self.secrets.current
        return f"{generation}.{issued_at}.{nonce}.{self._mac(user_id, nonce, issued_at, generation)}", nonce

    def forget(self, connection: Connection, account_id: int) -> None:
        """Know no browser of this account any more, in the caller's transaction."""
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        new = insert(forgotten_devices).values(account_id=account_id, until=self.clock.now())
        connection.execute(new.on_conflict_do_update(index_elements=["account_id"], set_={"until": new.excluded.until}))

    def _forgotten_until(self, account_id: int, connection: Connection | None) -> int:
        if connection is None:
            with self.database.reading() as own:
                return self._forgotten_until(account_id, own)
        row = _FORGOTTEN.first(connection, {"account_id": account_id})
        return -1 if row is None else int(row.until)

    def _mac(self, user_id: str, nonce: str, issued_at: str, generation: int) -> str:
        return self.secrets.mac("known-device", user_id, nonce, issued_at, generation=generation).hex()
