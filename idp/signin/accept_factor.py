"""A second factor is right: it is spent, and the sign-in completed or the session raised, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from idp.accounts.guard import Reserved
from idp.accounts.lockout import Guards
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators.registry import Offer
from idp.signin.acr import MFA, satisfies
from idp.signin.complete import CompleteSignIn
from idp.signin.flow import Challenged, SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced, Cookies
from idp.signin.sessions import BrowserSessions, Session
from idp.store.database import Database


@dataclass(frozen=True)
class AcceptFactor:
    """What a right code leads to, whatever showed it."""

    database: Database
    flow: SignInFlow
    guards: Guards
    sessions: BrowserSessions
    complete: CompleteSignIn
    trail: Trail

    def __call__(
        self,
        interaction: Interaction,
        session: Session | None,
        challenged: Challenged,
        offer: Offer,
        reserved: Reserved,
        spend: Callable[[Connection], bool],
        event: Event,
        *,
        device_cookie: str | None,
        visitor: Visitor,
    ) -> Advanced | None:
        """Spend the factor and go on; None when `spend` tells that it was not right or somebody else was faster.

        After None the reservation stands.
        """
        account, proof = challenged.account, interaction.proof
        cookies, after = Cookies(), interaction
        with self.database.transaction() as connection:
            # The account first, as whoever sends a code does: two transactions must not wait for each other.
            self.complete.accounts.hold(connection, account.id)
            if proof is not None and not self.flow.still_stands(proof, connection):
                # While the code was typed, the owner changed the password, said "this was not me", or was shut out.
                return None
            if not spend(connection):
                return None
            self.trail.record(connection, event, visitor, actor=account.sub, method=offer.method)
            if satisfies(offer.acr, MFA):
                # A code by mail shows nobody who has the app: guesses at it stay counted over sign-ins and step-ups by mail.
                self.guards.clear_apart(connection, account.user_id, "app", "step-up")
            if challenged.is_step_up and session is not None:
                session, cookies = self._raise(connection, session, offer, visitor)
                self.guards.release(connection, reserved)
                self.guards.clear_apart(connection, account.user_id, "step-up")
            elif proof is not None and (proof.temporary_id is not None or account.must_change_password):
                # Opens nothing but the page for the new password: no session yet, and the counters stay.
                self.guards.release(connection, reserved)
                after = replace(interaction, proof=replace(proof, acr=offer.acr, amr=_with(proof.amr, offer)))
            else:
                session, cookies = self.complete(
                    connection,
                    account,
                    session,
                    acr=offer.acr,
                    amr=_with(("pwd",), offer),
                    device_cookie=device_cookie,
                    visitor=visitor,
                    past_lock=reserved.past_lock,
                )
                after = signed_in(interaction, session)
        self.flow.interactions.save(after)
        return Advanced(self.flow.next_path(after, session), cookies)

    def _raise(
        self, connection: Connection, session: Session, offer: Offer, visitor: Visitor
    ) -> tuple[Session | None, Cookies]:
        renewed = self.sessions.renew(connection, session, acr=offer.acr, amr=_with(session.amr, offer), is_fresh=False)
        if renewed is None:
            return None, Cookies()
        self.trail.record(
            connection, Event.SESSION_RAISED, visitor, actor=session.account.sub, sid=session.sid, acr=offer.acr
        )
        return renewed[0], Cookies(session=renewed[1])


def signed_in(interaction: Interaction, session: Session) -> Interaction:
    """Return the interaction after it has signed somebody in."""
    return replace(interaction, proof=None, sid=session.sid, account_choice="", consented=False)


def _with(amr: tuple[str, ...], offer: Offer) -> tuple[str, ...]:
    return (*amr, *(value for value in offer.amr if value not in amr))
