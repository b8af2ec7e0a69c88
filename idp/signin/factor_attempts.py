"""An attempt at a second factor: counted before it is verified; then it opens something, is given back, or stays counted."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from idp.accounts.guard import Apart, Reserved
from idp.accounts.lockout import Guards
from idp.accounts.model import Account
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators.registry import Offer
from idp.signin.acr import MFA, satisfies
from idp.signin.attempts import Attempts
from idp.signin.complete import CompleteSignIn, signed_in
from idp.signin.flow import Challenged, SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced, Cookies, Locked, RecoveryNeeded
from idp.signin.sessions import BrowserSessions, Session
from idp.signin.visit import Visit
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class FactorAttempt:
    """One that is counted: it may be verified."""

    interaction: Interaction
    visit: Visit
    challenged: Challenged
    reserved: Reserved

    @property
    def account(self) -> Account:
        """Whose second factor is asked."""
        return self.challenged.account


@dataclass(frozen=True)
class FactorAttempts:
    """What is the same for every second factor, before and after it is verified."""

    database: Database
    flow: SignInFlow
    attempts: Attempts
    guards: Guards
    sessions: BrowserSessions
    complete: CompleteSignIn
    trail: Trail

    def begin(
        self, interaction: Interaction, visit: Visit, challenged: Challenged, *, apart: Apart = ""
    ) -> FactorAttempt | Locked | RecoveryNeeded:
        """Reserve one, committed before anything is verified; `apart` in place of what others of a step-up count towards."""
        account = challenged.account
        begun = self.attempts.begin(
            account.user_id, account, visit.device, visit.visitor, apart=apart or challenged.apart
        )
        return FactorAttempt(interaction, visit, challenged, begun) if isinstance(begun, Reserved) else begun

    def release(self, attempt: FactorAttempt) -> None:
        """Give it back: nothing was verified."""
        self.attempts.release(attempt.reserved)

    def failed(self, attempt: FactorAttempt, event: Event, *, reason: str) -> Locked | None:
        """Put it on record as failed; return the lock when it was the last one."""
        return self.attempts.failed(attempt.reserved, attempt.account, event, attempt.visit.visitor, reason=reason)

    def accept(
        self, attempt: FactorAttempt, offer: Offer, spend: Callable[[Connection], bool], event: Event
    ) -> Advanced | None:
        """Spend the factor, and complete the sign-in or raise the session, in one transaction.

        None when `spend` tells that it was not right or somebody else was faster: the reservation stands.
        """
        interaction, reserved, account = attempt.interaction, attempt.reserved, attempt.account
        proof, session, visitor = interaction.proof, attempt.visit.session, attempt.visit.visitor
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
            if attempt.challenged.is_step_up and session is not None:
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
                    device_cookie=attempt.visit.device,
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


def _with(amr: tuple[str, ...], offer: Offer) -> tuple[str, ...]:
    return (*amr, *(value for value in offer.amr if value not in amr))
