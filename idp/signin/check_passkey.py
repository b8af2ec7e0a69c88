"""A person shows a passkey: as the second factor after the password, or to raise a session (WebAuthn Level 3, 7.2)."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from idp.accounts.guard import Reserved
from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.authenticators.passkey_ceremony import PasskeyCeremony, Refused, Shown, StaleChallenge
from idp.authenticators.passkey_challenges import PasskeyChallenges
from idp.authenticators.passkeys import METHOD, Passkeys
from idp.authenticators.registry import Offer
from idp.signin.accept_factor import AcceptFactor
from idp.signin.acr import PHISHING_RESISTANT, satisfies
from idp.signin.attempts import Attempts
from idp.signin.demand import Demand
from idp.signin.flow import Challenged, SignInFlow
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
from idp.store.database import Database


@dataclass(frozen=True)
class CheckPasskey:
    """Asks the browser for one of the person's passkeys and checks what it signed."""

    database: Database
    flow: SignInFlow
    passkeys: Passkeys
    ceremony: PasskeyCeremony
    challenges: PasskeyChallenges
    attempts: Attempts
    accept: AcceptFactor
    trail: Trail

    def ask(self, interaction: Interaction, session: Session | None) -> str | None:
        """Return the options of `navigator.credentials.get()`, in JSON; None when no passkey is asked for here."""
        challenged = self.flow.challenged(interaction, session)
        offer = self._offer(interaction, session)
        if challenged is None or offer is None:
            return None
        with self.database.reading() as connection:
            known = self.passkeys.of(connection, challenged.account.id)
        must_verify = _must_verify(interaction.demand, offer)
        return self.ceremony.ask_to_show(challenged.account, known, interaction.id, must_verify=must_verify)

    def __call__(
        self,
        interaction: Interaction,
        session: Session | None,
        answer: str,
        *,
        device_cookie: str | None,
        visitor: Visitor,
    ) -> PasskeyOutcome:
        """Reserve an attempt, check the answer, and complete in one transaction.

        What was not signed by the person's own passkey for this page counts as an invalid attempt (fact S11), like a wrong
        code; an answer that is merely too late, or came twice, does not.
        """
        challenged = self.flow.challenged(interaction, session)
        if challenged is None:
            return Advanced(self.flow.next_path(interaction, session))
        offer = self._offer(interaction, session)
        if offer is None:
            return NotOffered()
        account = challenged.account
        begun = self.attempts.begin(account.user_id, account, device_cookie, visitor, apart=challenged.apart)
        if not isinstance(begun, Reserved):
            return begun
        with self.database.reading() as connection:
            known = self.passkeys.of(connection, account.id)
        match self.ceremony.read_assertion(answer, account, known, interaction.id):
            case StaleChallenge():
                return self._given_back(begun, challenged, PasskeyStale(), visitor, "challenge")
            case Refused(reason):
                locked = self.attempts.failed(begun, account, Event.PASSKEY_REJECTED, visitor, reason=reason)
                return locked or PasskeyRefused(begun.tries_left)
            case Shown() as shown:
                if _must_verify(interaction.demand, offer) and not shown.user_verified:
                    return self._given_back(begun, challenged, PasskeyWithoutUser(), visitor, "user_not_verified")
                return self._accept(interaction, session, challenged, offer, begun, shown, device_cookie, visitor)

    def _accept(
        self,
        interaction: Interaction,
        session: Session | None,
        challenged: Challenged,
        offer: Offer,
        begun: Reserved,
        shown: Shown,
        device_cookie: str | None,
        visitor: Visitor,
    ) -> PasskeyOutcome:
        passkey, account = shown.passkey, challenged.account
        is_first_answer = False

        def spend(connection: Connection) -> bool:
            nonlocal is_first_answer
            is_first_answer = self.challenges.spend(connection, shown.challenge)
            return is_first_answer and self.passkeys.note_use(
                connection, passkey.id, shown.sign_count, user_verified=shown.user_verified
            )

        advanced = self.accept(
            interaction,
            session,
            challenged,
            # The truth about this very use: an offer only says what is possible.
            replace(offer, acr=passkey.acr(user_verified=shown.user_verified), amr=passkey.amr),
            begun,
            spend,
            Event.PASSKEY_ACCEPTED,
            device_cookie=device_cookie,
            visitor=visitor,
        )
        if advanced is not None:
            return advanced
        if not is_first_answer:
            return self._given_back(begun, challenged, PasskeyStale(), visitor, "replayed")
        locked = self.attempts.failed(begun, account, Event.PASSKEY_COPIED, visitor, reason="count_went_back")
        return locked or PasskeyCopied()

    def _given_back(
        self, begun: Reserved, challenged: Challenged, outcome: PasskeyOutcome, visitor: Visitor, reason: str
    ) -> PasskeyOutcome:
        self.attempts.release(begun)
        with self.database.reading() as connection:
            sub = challenged.account.sub
            self.trail.record(connection, Event.PASSKEY_REJECTED, visitor, subject=sub, reason=reason)
        return outcome

    def _offer(self, interaction: Interaction, session: Session | None) -> Offer | None:
        return next((o for o in self.flow.offers(interaction, session) if o.method == METHOD), None)


def _must_verify(demand: Demand, offer: Offer) -> bool:
    """Whether a mere touch would leave the demand unmet, and one of the person's passkeys can do more."""
    return satisfies(demand.acr, PHISHING_RESISTANT) and satisfies(offer.acr, PHISHING_RESISTANT)
