"""Browser sessions: on the server, ended by idleness, by age or by an act; the cookie is only a name for one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from idp.accounts.model import Account
from idp.audit.trail import Visitor
from idp.clock import Clock
from idp.settings import Settings
from idp.store.database import Database

MOST_SESSIONS = 10
"""Sessions an account may have at once; one more ends the oldest (SECURITY 1.4 S5)."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser and the person in it."""

    sid: str
    """What clients know it by; stays while the session lives."""
    account: Account
    acr: str
    amr: tuple[str, ...]
    auth_time: int
    created_at: int
    last_seen_at: int
    expires_at: int
    """When it ends whatever happens; idleness may end it earlier."""


@dataclass(frozen=True)
class BrowserSessions:
    """Loads, opens, renews and ends sessions."""

    database: Database
    clock: Clock
    settings: Settings

    def load(self, cookie: str | None) -> Session | None:
        """Return the live session that the cookie's value names, in one read joined with the account.

        None when there is none, it idled or aged out, was ended, or its account is disabled. Notes that the session was
        seen, at most once in `idle_seconds / 60`.
        """
        raise NotImplementedError

    def open(
        self,
        connection: Connection,
        account: Account,
        *,
        acr: str,
        amr: Sequence[str],
        auth_time: int,
        visitor: Visitor,
    ) -> tuple[Session, str]:
        """Start a session in the caller's transaction; return it with its cookie's value."""
        raise NotImplementedError

    def renew(
        self, connection: Connection, session: Session, *, acr: str, amr: Sequence[str], auth_time: int
    ) -> tuple[Session, str] | None:
        """Give a session a new level and a new cookie value, its `sid` unchanged; None when it has ended meanwhile."""
        raise NotImplementedError

    def end(self, connection: Connection, sid: str) -> bool:
        """End one session; tell whether this call did it."""
        raise NotImplementedError

    def end_all(self, connection: Connection, account_id: int, *, except_sid: str = "") -> list[str]:
        """End every session of the account but `except_sid`; return their `sid`s."""
        raise NotImplementedError
