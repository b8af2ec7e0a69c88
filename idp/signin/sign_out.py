"""Sign-out everywhere: the session ends, its grants with it, and every client of it is told.

By the back channel where a client has one, and by a frame in this browser where it has one of those; both where it has both
(docs/decisions/0032-sign-out.md).
"""

from dataclasses import dataclass

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.registry.session_ids import shown_sid
from idp.signin.end_sessions import EndSessions
from idp.signin.front_channel import Frame, frame_of
from idp.signin.sessions import Session
from idp.signin.sign_out_outcomes import SignOutOutcomes
from idp.store.database import Database
from idp.store.lasting_keys import LastingKeys


@dataclass(frozen=True)
class SignOut:
    """What "Sign out" does, here or in a module."""

    database: Database
    end_sessions: EndSessions
    outcomes: SignOutOutcomes
    trail: Trail
    keys: LastingKeys
    issuer: str

    def __call__(self, session: Session, visitor: Visitor) -> tuple[Frame, ...]:
        """End this session, revoke its grants and put a back-channel logout for each client into the outbox, in one go.

        Return the frames in which the browser at hand must ask clients; none when the session was over already.
        """
        with self.database.transaction() as connection:
            if not self.end_sessions.one(connection, session.sid, session.account, visitor, reason="sign_out"):
                return ()
            frames = []
            for client in self.outcomes.clients_of(connection, session.sid):
                frame = frame_of(client, self.issuer, shown_sid(self.keys, connection, client, session.sid))
                if frame is not None:
                    frames.append(frame)
                    self.trail.record(
                        connection,
                        Event.LOGOUT_ASKED,
                        visitor,
                        subject=session.account.sub,
                        client_id=client.client_id,
                        sid=session.sid,
                    )
            self.outcomes.note_asked(connection, session.sid)
        return tuple(frames)
