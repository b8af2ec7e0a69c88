"""A person gives the one-time passcode (facts S5, S11)."""

from dataclasses import dataclass

from idp.accounts.lockout import Guards
from idp.audit.events import Event
from idp.authenticators.passcodes import Passcodes, Try
from idp.signin.factor_attempts import FactorAttempt, FactorAttempts
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced, CodeMalformed, CodeOutcome, CodeSpent, CodeWrong, NotOffered
from idp.signin.visit import Visit
from idp.store.database import Database


@dataclass(frozen=True)
class CheckPasscode:
    """Checks a code that was sent; the right one completes the sign-in, or raises the session in a step-up."""

    database: Database
    flow: SignInFlow
    guards: Guards
    passcodes: Passcodes
    attempts: FactorAttempts

    def __call__(self, interaction: Interaction, visit: Visit, code: str) -> CodeOutcome:
        """Reserve an attempt, check the newest code of this interaction, and complete in one transaction."""
        challenged = self.flow.challenged(interaction, visit.session)
        if challenged is None:
            # Nothing is asked any more: another tab was faster, or the proof no longer stands.
            return Advanced(self.flow.next_path(interaction, visit.session))
        if not self.passcodes.is_shaped(code):
            return CodeMalformed()
        attempt = self.attempts.begin(interaction, visit, challenged)
        if not isinstance(attempt, FactorAttempt):
            return attempt
        tried = self._reserve(attempt)
        if tried is None:
            return CodeSpent()
        offer = self.flow.offer(interaction, visit.session, tried.channel)
        if offer is None:
            self.attempts.release(attempt)
            return NotOffered()
        if not self.passcodes.is_right(tried, interaction.id, attempt.account.id, code):
            locked = self.attempts.failed(attempt, Event.PASSCODE_REJECTED, reason=f"wrong_{tried.channel}_code")
            return locked or CodeWrong(min(attempt.reserved.tries_left, tried.tries_left))
        advanced = self.attempts.accept(
            attempt, offer, lambda connection: self.passcodes.consume(connection, tried), Event.PASSCODE_ACCEPTED
        )
        if advanced is None:
            self.attempts.release(attempt)
            return CodeSpent()
        return advanced

    def _reserve(self, attempt: FactorAttempt) -> Try | None:
        with self.database.transaction() as connection:
            tried = self.passcodes.reserve(connection, attempt.interaction.id, attempt.account.id)
            if tried is None:
                # There was nothing to guess at.
                self.guards.release(connection, attempt.reserved)
            return tried
