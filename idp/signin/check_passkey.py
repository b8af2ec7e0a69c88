"""A person shows a passkey: as the second factor after the password, or to raise a session (WebAuthn Level 3, 7.2)."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from idp.audit.events import Event
from idp.audit.trail import Trail
from idp.authenticators.passkey_ceremony import PasskeyCeremony, Refused, Shown, StaleChallenge
from idp.authenticators.passkey_challenges import PasskeyChallenges
from idp.authenticators.passkeys import METHOD, Passkeys
from idp.authenticators.registry import Offer
from idp.signin.acr import PHISHING_RESISTANT, satisfies
from idp.signin.demand import Demand
from idp.signin.factor_attempts import FactorAttempt, FactorAttempts
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.outcomes import (
    Advanced,
    NotOffered,
    PasskeyCopied,
    PasskeyOutcome,
    PasskeyRefused,
    PasskeyStale,
    PasskeyWithoutUser,
)
from idp.signin.sessions import Session
from idp.signin.visit import Visit
from idp.store.database import Database


@dataclass(frozen=True)
class CheckPasskey:
    """Asks the browser for one of the person's passkeys and checks what it signed."""

    database: Database
    flow: SignInFlow
    passkeys: Passkeys
    ceremony: PasskeyCeremony
    challenges: PasskeyChallenges
    attempts: FactorAttempts
    trail: Trail

    def ask(self, interaction: Interaction, session: Session | None) -> str | None:
        """Return the options of `navigator.credentials.get()`, in JSON; None when no passkey is asked for here."""
        challenged = self.flow.challenged(interaction, session)
        offer = self.flow.offer(interaction, session, METHOD)
        if challenged is None or offer is None:
            return None
        with self.database.reading() as connection:
            known = self.passkeys.of(connection, challenged.account.id)
        must_verify = _must_verify(interaction.demand, offer)
        return self.ceremony.ask_to_show(challenged.account, known, interaction.id, must_verify=must_verify)

    def __call__(self, interaction: Interaction, visit: Visit, answer: str) -> PasskeyOutcome:
        """Reserve an attempt, check the answer, and complete in one transaction.

        What was not signed by the person's own passkey for this page counts as an invalid attempt (fact S11), like a wrong
        code; an answer that is merely too late, or came twice, does not.
        """
        challenged = self.flow.challenged(interaction, visit.session)
        if challenged is None:
            return Advanced(self.flow.next_path(interaction, visit.session))
        offer = self.flow.offer(interaction, visit.session, METHOD)
        if offer is None:
            return NotOffered()
        attempt = self.attempts.begin(interaction, visit, challenged)
        if not isinstance(attempt, FactorAttempt):
            return attempt
        with self.database.reading() as connection:
            known = self.passkeys.of(connection, attempt.account.id)
        match self.ceremony.read_assertion(answer, attempt.account, known, interaction.id):
            case StaleChallenge():
                return self._given_back(attempt, PasskeyStale(), "challenge")
            case Refused(reason):
                locked = self.attempts.failed(attempt, Event.PASSKEY_REJECTED, reason=reason)
                return locked or PasskeyRefused(attempt.reserved.tries_left)
            case Shown() as shown:
                if _must_verify(interaction.demand, offer) and not shown.user_verified:
                    return self._given_back(attempt, PasskeyWithoutUser(), "user_not_verified")
                return self._accept(attempt, offer, shown)

    def _accept(self, attempt: FactorAttempt, offer: Offer, shown: Shown) -> PasskeyOutcome:
        passkey = shown.passkey
        # The truth about this very use: an offer only says what is possible.
        offer = replace(offer, acr=passkey.acr(user_verified=shown.user_verified), amr=passkey.amr)
        is_first_answer = False

        def spend(connection: Connection) -> bool:
            nonlocal is_first_answer
            is_first_answer = self.challenges.spend(connection, shown.challenge)
            return is_first_answer and self.passkeys.note_use(
                connection, passkey.id, shown.sign_count, user_verified=shown.user_verified
            )

        advanced = self.attempts.accept(attempt, offer, spend, Event.PASSKEY_ACCEPTED)
        if advanced is not None:
            return advanced
        if not is_first_answer:
            return self._given_back(attempt, PasskeyStale(), "replayed")
        return self.attempts.failed(attempt, Event.PASSKEY_COPIED, reason="count_went_back") or PasskeyCopied()

    def _given_back(self, attempt: FactorAttempt, outcome: PasskeyOutcome, reason: str) -> PasskeyOutcome:
        self.attempts.release(attempt)
        with self.database.reading() as connection:
            sub, visitor = attempt.account.sub, attempt.visit.visitor
            self.trail.record(connection, Event.PASSKEY_REJECTED, visitor, subject=sub, reason=reason)
        return outcome


def _must_verify(demand: Demand, offer: Offer) -> bool:
    """Whether a mere touch would leave the demand unmet, and one of the person's passkeys can do more."""
    return satisfies(demand.acr, PHISHING_RESISTANT) and satisfies(offer.acr, PHISHING_RESISTANT)
