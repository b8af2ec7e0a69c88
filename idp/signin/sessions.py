"""Browser sessions: on the server, ended by idleness, by age or by an act; the cookie is only a name for one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from idp.accounts.account_rows import ACCOUNT_COLUMNS, AccountRows
from idp.accounts.model import Account, accounts
from idp.audit.trail import USER_AGENT_LENGTH, Visitor
from idp.clock import Clock
from idp.settings import Settings
from idp.signin.cookies import is_value, new_value
from idp.signin.model import sessions
from idp.store.database import Database
from idp.store.prepared import Prepared

MOST_SESSIONS = 10
"""Sessions an account may have at once; one more ends the oldest (SECURITY 1.4 S5)."""

_row = sessions.c
_NOT_ENDED = (
    select(
        *ACCOUNT_COLUMNS,
        _row.sid,
        _row.acr,
        _row.amr,
        _row.auth_time,
        _row.created_at.label("session_created_at"),
        _row.last_seen_at,
        _row.expires_at,
    )
    .join_from(sessions, accounts, _row.account_id == accounts.c.id)
    .where(
        _row.cookie_hash == bindparam("cookie_hash"),
        _row.ended_at.is_(None),
        accounts.c.disabled_at.is_(None),
    )
)
_LIVE = Prepared(_NOT_ENDED.where(_row.expires_at > bindparam("now"), _row.last_seen_at >= bindparam("seen_since")))


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
    rows: AccountRows

    def load(self, cookie: str | None) -> Session | None:
        """Return the live session that the cookie's value names, in one read joined with the account.

        None when there is none, it idled or aged out, was ended, or its account is disabled. Notes that the session was
        seen, at most once in `idle_seconds / 60`.
        """
        if cookie is None or not is_value(cookie):
            return None
        now = self.clock.now()
        idle_seconds = self.settings.session.idle_seconds
        with self.database.reading() as connection:
            found = _LIVE.first(
                connection, {"cookie_hash": _hash(cookie), "now": now, "seen_since": now - idle_seconds}
            )
            if found is not None and now - found.last_seen_at >= max(1, idle_seconds // 60):
                connection.execute(
                    update(sessions).where(_row.sid == found.sid, _row.last_seen_at < now).values(last_seen_at=now)
                )
        return None if found is None else self._session(found)

    def faded(self, cookie: str | None, connection: Connection | None = None) -> Session | None:
        """Return the browser's session that nobody has ended, live or idled or aged out: good for ending it, and no more.

        Its clients live on what they got in it, often for hours: it is over for us, and not for them.
        """
        if cookie is None or not is_value(cookie):
            return None
        if connection is None:
            with self.database.reading() as reading:
                return self.faded(cookie, reading)
        found = connection.execute(_NOT_ENDED, {"cookie_hash": _hash(cookie)}).first()
        return None if found is None else self._session(found)

    def _session(self, found: Any) -> Session:
        return Session(
            sid=found.sid,
            account=self.rows.account(found),
            acr=found.acr,
            amr=tuple(found.amr.split()),
            auth_time=found.auth_time,
            created_at=found.session_created_at,
            last_seen_at=found.last_seen_at,
            expires_at=found.expires_at,
        )

    def open(
        self,
        connection: Connection,
        account: Account,
        *,
        acr: str,
        amr: Sequence[str],
        visitor: Visitor,
        auth_time: int | None = None,
    ) -> tuple[Session, str]:
        """Start a session in the caller's transaction; return it with its cookie's value.

        `auth_time` is when the person signed in elsewhere; None for now.
        """
        now = self.clock.now()
        cookie = new_value()
        session = Session(
            sid=new_value(),
            account=account,
            acr=acr,
            amr=tuple(amr),
            auth_time=_earlier(auth_time, now),
            created_at=now,
            last_seen_at=now,
            expires_at=now + self.settings.session.absolute_seconds,
        )
        connection.execute(
            insert(sessions).values(
                sid=session.sid,
                cookie_hash=_hash(cookie),
                account_id=account.id,
                acr=acr,
                amr=" ".join(amr),
                auth_time=session.auth_time,
                created_at=now,
                last_seen_at=now,
                expires_at=session.expires_at,
                address=visitor.address,
                user_agent=visitor.user_agent[:USER_AGENT_LENGTH],
            )
        )
        return session, cookie

    def renew(
        self,
        connection: Connection,
        session: Session,
        *,
        acr: str,
        amr: Sequence[str],
        is_fresh: bool,
        auth_time: int | None = None,
    ) -> tuple[Session, str] | None:
        """Give a session a new level and a new cookie value, its `sid` unchanged; None when it has ended meanwhile.

        With `is_fresh` the person has signed in again: the session's age begins anew. A step-up leaves it as it was.
        """
        now = self.clock.now()
        cookie = new_value()
        renewed = replace(
            session,
            acr=acr,
            amr=tuple(amr),
            last_seen_at=now,
            auth_time=_earlier(auth_time, now) if is_fresh else session.auth_time,
            expires_at=now + self.settings.session.absolute_seconds if is_fresh else session.expires_at,
        )
        changed = connection.execute(
            update(sessions)
            .where(_row.sid == session.sid, _row.ended_at.is_(None))
            .values(
                cookie_hash=_hash(cookie),
                acr=acr,
                amr=" ".join(amr),
                auth_time=renewed.auth_time,
                last_seen_at=now,
                expires_at=renewed.expires_at,
            )
        )
        return (renewed, cookie) if changed.rowcount == 1 else None

    def end(self, connection: Connection, sid: str) -> bool:
        """End one session; tell whether this call did it."""
        ended = connection.execute(
            update(sessions).where(_row.sid == sid, _row.ended_at.is_(None)).values(ended_at=self.clock.now())
        )
        return ended.rowcount == 1

    def live(self, connection: Connection, account_id: int) -> list[str]:
        """Return the `sid`s of the account's sessions that have not ended, newest first."""
        now = self.clock.now()
        query = select(_row.sid).where(
            _row.account_id == account_id,
            _row.ended_at.is_(None),
            _row.expires_at > now,
            _row.last_seen_at >= now - self.settings.session.idle_seconds,
        )
        return list(connection.execute(query.order_by(_row.id.desc())).scalars())


def _earlier(moment: int | None, now: int) -> int:
    """A clock elsewhere may be ahead of ours; nobody has signed in after now."""
    return now if moment is None else max(0, min(moment, now))


def _hash(cookie: str) -> str:
    return sha256(cookie.encode()).hexdigest()
