"""A person gives the one-time passcode (facts S5, S11)."""

from dataclasses import dataclass

from idp.accounts.guard import Reserved
from idp.accounts.lockout import Guards
from idp.audit.events import Event
from idp.audit.trail import Visitor
from idp.authenticators.passcodes import Passcodes, Try
from idp.signin.accept_factor import AcceptFactor
from idp.signin.attempts import Attempts
from idp.signin.flow import Challenged, SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced, CodeMalformed, CodeOutcome, CodeSpent, CodeWrong, NotOffered
from idp.signin.sessions import Session
from idp.store.database import Database


@dataclass(frozen=True)
class CheckPasscode:
    """Checks a code that was sent; the right one completes the sign-in, or raises the session in a step-up."""

    database: Database
    flow: SignInFlow
    guards: Guards
    passcodes: Passcodes
    attempts: Attempts
    accept: AcceptFactor

    def __call__(
        self,
        interaction: Interaction,
        session: Session | None,
        code: str,
        *,
        device_cookie: str | None,
        visitor: Visitor,
    ) -> CodeOutcome:
        """Reserve an attempt, check the newest code of this interaction, and complete in one transaction."""
        challenged = self.flow.challenged(interaction, session)
        if challenged is None:
            # Nothing is asked any more: another tab was faster, or the proof no longer stands.
            return Advanced(self.flow.next_path(interaction, session))
        if not self.passcodes.is_shaped(code):
            return CodeMalformed()
        account = challenged.account
        begun = self.attempts.begin(account.user_id, account, device_cookie, visitor, apart=challenged.apart)
        if not isinstance(begun, Reserved):
            return begun
        attempt = self._reserve(interaction, challenged, begun)
        if attempt is None:
            return CodeSpent()
        offer = next((o for o in self.flow.offers(interaction, session) if o.method == attempt.channel), None)
        if offer is None:
            self.attempts.release(begun)
            return NotOffered()
        if not self.passcodes.is_right(attempt, interaction.id, account.id, code):
            reason = f"wrong_{attempt.channel}_code"
            locked = self.attempts.failed(begun, account, Event.PASSCODE_REJECTED, visitor, reason=reason)
            return locked or CodeWrong(min(begun.tries_left, attempt.tries_left))
        advanced = self.accept(
            interaction,
            session,
            challenged,
            offer,
            begun,
            lambda connection: self.passcodes.consume(connection, attempt),
            Event.PASSCODE_ACCEPTED,
            device_cookie=device_cookie,
            visitor=visitor,
        )
        if advanced is None:
            self.attempts.release(begun)
            return CodeSpent()
        return advanced

    def _reserve(self, interaction: Interaction, challenged: Challenged, begun: Reserved) -> Try | None:
        with self.database.transaction() as connection:
            attempt = self.passcodes.reserve(connection, interaction.id, challenged.account.id)
            if attempt is None:
                # There was nothing to guess at.
                self.guards.release(connection, begun)
            return attempt
