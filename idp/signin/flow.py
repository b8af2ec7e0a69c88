"""One person's way through sign-in: what is needed next, and where the browser goes. Surfaces ask only this."""

from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import urlencode

from sqlalchemy import Connection

from idp.accounts.accounts import Accounts
from idp.accounts.guard import Apart
from idp.accounts.model import Account
from idp.audit.trail import Visitor
from idp.authenticators.registry import Offer, SecondFactors
from idp.clock import Clock
from idp.grants.consents import Consents
from idp.modules.modules import Modules
from idp.signin.acr import satisfies
from idp.signin.demand import Demand
from idp.signin.interaction import Interaction, Parked, Proof
from idp.signin.interactions import Interactions
from idp.signin.module_entry import ModuleEntry
from idp.signin.outcomes import Gone
from idp.signin.request_limit import RequestLimit
from idp.signin.sessions import Session
from idp.signin.steps import Needed, Situation, Step, first_needed

UNMET = "unmet_authentication_requirements"
"""Error for `refuse` when the person cannot or will not reach the level of assurance that was asked."""


@dataclass(frozen=True, slots=True)
class Challenged:
    """Somebody is asked for a second factor."""

    account: Account
    is_step_up: bool
    """Whether it raises the session, rather than completes a sign-in."""

    @property
    def apart(self) -> Apart:
        """What an attempt at it counts towards beside sign-in."""
        return "step-up" if self.is_step_up else ""


@dataclass(frozen=True)
class SignInFlow:
    """Parks a demand, tells the next step, and finishes."""

    interactions: Interactions
    accounts: Accounts
    modules: Modules
    consents: Consents
    second_factors: SecondFactors
    clock: Clock
    entry: ModuleEntry
    limit: RequestLimit

    def assess(self, demand: Demand, session: Session | None, interaction: Interaction | None = None) -> Needed | None:
        """Return the first step of the table that applies, or None when the demand is met.

        Without an interaction (a request that just came) nothing counts as done for it.
        """
        return first_needed(
            Situation(
                demand=demand,
                session=session,
                interaction=interaction,
                proof=None if interaction is None else self._standing_proof(interaction),
                now=self.clock.now(),
                may_open=lambda session, module: self.modules.access(session.account.id, module) is not None,
                module_entry=cache(lambda: "" if session is None else self.entry.reason(session, demand, interaction)),
                has_agreed=lambda session, demand: self.consents.covers(
                    session.account.id, demand.client_id, demand.consent_scope
                ),
            )
        )

    def park(self, demand: Demand, browser_cookie: str | None, visitor: Visitor) -> Parked:
        """Park a demand for the browser; set `Parked.browser_cookie` when it differs from what the browser sent.

        Raises TooManyRequests when the visitor's network has parked too many.
        """
        self.limit.take(visitor, demand.client_id)
        return self.interactions.park(demand, browser_cookie)

    def load(self, interaction_id: str, browser_cookie: str | None) -> Interaction | Gone:
        """Return the interaction of this browser; its `id` may be newer than the one asked for."""
        return self.interactions.load(interaction_id, browser_cookie)

    def next_path(self, interaction: Interaction, session: Session | None) -> str:
        """Return the page of the next step with `?interaction=<id>`, or where the interaction goes on when complete."""
        if not interaction.error:
            needed = self.assess(interaction.demand, session, interaction)
            if needed is not None:
                return _path(needed.step.path, interaction)
        if interaction.demand.client_id:
            return _path(interaction.demand.resume_path, interaction)
        return interaction.demand.return_path

    def finish(self, interaction: Interaction) -> bool:
        """End the interaction, after `assess` said None or when it leaves with an error; one caller is told True."""
        return self.interactions.finish(interaction)

    def refuse(self, interaction: Interaction, error: str = "access_denied") -> str:
        """The person cannot or will not go on: return the path that takes `error` back to the client.

        Without a client it is the demand's own `refused_path`, and the interaction stays as it is.
        """
        if not interaction.demand.client_id:
            return interaction.demand.refused_path
        refused = replace(interaction, error=error)
        self.interactions.save(refused)
        return _path(refused.demand.resume_path, refused)

    def challenged(self, interaction: Interaction, session: Session | None) -> Challenged | None:
        """Return whose second factor is asked at this moment; None when nobody's is."""
        needed = self.assess(interaction.demand, session, interaction)
        if needed is not None and needed.step is Step.SECOND_FACTOR and interaction.proof is not None:
            account = self.accounts.by_id(interaction.proof.account_id)
            return None if account is None else Challenged(account, is_step_up=False)
        if needed is not None and needed.step is Step.STEP_UP and session is not None:
            return Challenged(session.account, is_step_up=True)
        return None

    def person(self, interaction: Interaction, session: Session | None) -> Account | None:
        """Return who this is about, for pages to greet: the proven person, else the session's."""
        proof = self._standing_proof(interaction)
        if proof is not None:
            return self.accounts.by_id(proof.account_id)
        return session.account if session is not None else None

    def offers(self, interaction: Interaction, session: Session | None) -> list[Offer]:
        """Return the second factors to choose from, e-mail first (fact S4); in a step-up only those that suffice.

        An empty list in a step-up: the person has none enrolled that does.
        """
        challenged = self.challenged(interaction, session)
        if challenged is None:
            return []
        offers = self.second_factors.offered(challenged.account)
        if challenged.is_step_up:
            return [offer for offer in offers if satisfies(offer.acr, interaction.demand.acr)]
        return offers

    def offer(self, interaction: Interaction, session: Session | None, method: str) -> Offer | None:
        """Return the one of `offers` with this method, None when it is not among them."""
        return next((offer for offer in self.offers(interaction, session) if offer.method == method), None)

    def _standing_proof(self, interaction: Interaction) -> Proof | None:
        """The proof, unless the account was disabled or its password changed since."""
        proof = interaction.proof
        return proof if proof is not None and self.still_stands(proof) else None

    def still_stands(self, proof: Proof, connection: Connection | None = None) -> bool:
        """Whether the account is open and its password the one that was proven."""
        found = self.accounts.credentials_by_id(proof.account_id, connection)
        if found is None or found.account.disabled_at is not None:
            return False
        # Each password has a moment of its own: a change in the very second of the proof voids it too.
        return (found.password_changed_at or 0) == proof.at


def _path(path: str, interaction: Interaction) -> str:
    return f"{path}?{urlencode({'interaction': interaction.id})}"
