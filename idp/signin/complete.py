"""A sign-in is complete: the session opens, the counters go to nought, the browser is known. One transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.known_device import KnownDevices
from idp.accounts.lockout import Guards
from idp.accounts.model import Account
from idp.accounts.notices import Change, Notices
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.signin.browser_kind import browser_kind
from idp.signin.end_sessions import EndSessions
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Cookies
from idp.signin.sessions import MOST_SESSIONS, BrowserSessions, Session


@dataclass(frozen=True)
class CompleteSignIn:
    """The only way to a session."""

    accounts: Accounts
    guards: Guards
    devices: KnownDevices
    sessions: BrowserSessions
    end_sessions: EndSessions
    notices: Notices
    trail: Trail

    def __call__(
        self,
        connection: Connection,
        account: Account,
        present: Session | None,
        *,
        acr: str,
        amr: Sequence[str],
        device_cookie: str | None,
        visitor: Visitor,
        past_lock: bool = False,
        auth_time: int | None = None,
    ) -> tuple[Session, Cookies]:
        """Open a session, or renew the browser's present one when it is the same person's; another person's ends.

        One that has idled or aged out counts as well: modules live on in it, and a sign-out must reach them.

        The owner is told of a browser that was not known, and with `past_lock` of one that came in while others were locked
        out (SECURITY 2.3, T6). `auth_time` is when the person signed in elsewhere; None for now.
        """
        self.accounts.hold(connection, account.id)
        session, cookie = self._session(connection, account, present, acr, amr, auth_time, visitor)
        known = self.devices.read(device_cookie, account.user_id, account.id, connection)
        device_cookie, device = self.devices.issue(account.user_id, known)
        self._tell(connection, account, visitor, is_known=known is not None, past_lock=past_lock)
        self.guards.clear(connection, account.user_id, device)
        self.accounts.note_sign_in(connection, account.id)
        self.trail.record(
            connection,
            Event.SIGN_IN_SUCCEEDED,
            visitor,
            actor=account.sub,
            sid=session.sid,
            acr=acr,
            amr=list(amr),
        )
        return session, Cookies(session=cookie, device=device_cookie)

    def _tell(
        self, connection: Connection, account: Account, visitor: Visitor, *, is_known: bool, past_lock: bool
    ) -> None:
        change = None
        if past_lock:
            change = Change.PAST_LOCK
        elif not is_known and account.last_sign_in_at is not None:
            # At the very first sign-in every browser is new.
            change = Change.NEW_DEVICE
        if change is not None:
            kind = browser_kind(visitor.user_agent)
            detail = {"browser": kind.browser, "system": kind.system}
            self.notices.tell(connection, account, change, detail=detail, language=visitor.language)

    def _session(
        self,
        connection: Connection,
        account: Account,
        present: Session | None,
        acr: str,
        amr: Sequence[str],
        auth_time: int | None,
        visitor: Visitor,
    ) -> tuple[Session, str]:
        if present is None:
            present = self.sessions.faded(visitor.session_cookie, connection)
        if present is not None and present.account.id == account.id:
            renewed = self.sessions.renew(connection, present, acr=acr, amr=amr, is_fresh=True, auth_time=auth_time)
            if renewed is not None:
                return renewed
        elif present is not None:
            self.end_sessions.one(connection, present.sid, present.account, visitor, reason="other_person")
        opened = self.sessions.open(connection, account, acr=acr, amr=amr, visitor=visitor, auth_time=auth_time)
        self.trail.record(connection, Event.SESSION_STARTED, visitor, actor=account.sub, sid=opened[0].sid, acr=acr)
        for sid in self.sessions.live(connection, account.id)[MOST_SESSIONS:]:
            self.end_sessions.one(connection, sid, account, visitor, reason="most_sessions")
        return opened


def signed_in(interaction: Interaction, session: Session) -> Interaction:
    """Return the interaction after it has signed somebody in."""
    return replace(interaction, proof=None, sid=session.sid, account_choice="", consented=False)
