"""Ends sessions with all that hangs on them: grants are revoked and clients told, in the caller's transaction."""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.accounts.model import Account
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.clock import Clock
from idp.grants.grants import revoke_for_account, revoke_for_session, sessions_with_live_grants
from idp.notify.messages import BackchannelLogout
from idp.notify.outbox import Outbox
from idp.registry.clients import Clients
from idp.signin.sessions import BrowserSessions
from idp.signin.sign_out_outcomes import SignOutOutcomes


@dataclass(frozen=True)
class EndSessions:
    """One session, or all of an account."""

    sessions: BrowserSessions
    clients: Clients
    outbox: Outbox
    outcomes: SignOutOutcomes
    trail: Trail
    clock: Clock

    def one(self, connection: Connection, sid: str, account: Account, visitor: Visitor, *, reason: str) -> bool:
        """End a session; every client with a grant in it is told (OIDC Back-Channel Logout 2.3). False when it was over.

        `reason` is for the trail: `sign_out`, `other_person`, `most_sessions`, `password_changed`, `account_disabled`,
        `ended_by_owner`, `not_me`.
        """
        if not self.sessions.end(connection, sid):
            return False
        for client_id in revoke_for_session(connection, sid, self.clock.now()):
            client = self.clients.get(client_id)
            if client is None:
                continue
            self.outcomes.begin(connection, sid, client)
            if client.backchannel_logout_uri:
                self.outbox.enqueue(
                    connection,
                    BackchannelLogout(client_id=client_id, sub=account.sub, sid=sid),
                    client.backchannel_logout_uri,
                )
        self.trail.record(connection, Event.SESSION_ENDED, visitor, subject=account.sub, sid=sid, reason=reason)
        return True

    def all(self, connection: Connection, account: Account, visitor: Visitor, *, reason: str) -> None:
        """End every session of the account, and grants that outlived theirs."""
        self.others(connection, "", account, visitor, reason=reason)

    def others(self, connection: Connection, sid: str, account: Account, visitor: Visitor, *, reason: str) -> None:
        """End every session of the account but `sid`, and grants that outlived theirs.

        A session that idled or aged out is over for us, but not for the clients that live on what they got in it.
        """
        live = self.sessions.live(connection, account.id)
        for one in dict.fromkeys((*live, *sessions_with_live_grants(connection, account.id, self.clock.now()))):
            if one != sid:
                self.one(connection, one, account, visitor, reason=reason)
        revoke_for_account(connection, account.id, self.clock.now(), but_of=sid)
