"""One person's way through sign-in: what is needed next, and where the browser goes. Surfaces ask only this."""

from dataclasses import dataclass

from idp.accounts.accounts import Accounts
from idp.accounts.model import Account
from idp.authenticators.registry import Offer, SecondFactors
from idp.grants.consents import Consents
from idp.modules.modules import Modules
from idp.signin.demand import Demand
from idp.signin.interaction import Interaction, Interactions, Parked
from idp.signin.outcomes import Gone
from idp.signin.sessions import Session
from idp.signin.steps import Needed

RESUME_PATH = "/authorize/resume"


@dataclass(frozen=True)
class SignInFlow:
    """Parks a demand, tells the next step, and finishes."""

    interactions: Interactions
    accounts: Accounts
    modules: Modules
    consents: Consents
    second_factors: SecondFactors

    def assess(self, demand: Demand, session: Session | None, interaction: Interaction | None = None) -> Needed | None:
        """Return the first step of the table that applies, or None when the demand is met.

        Without an interaction (a request that just came) nothing counts as done for it.
        """
        raise NotImplementedError

    def park(self, demand: Demand, browser_cookie: str | None) -> Parked:
        """Park a demand for the browser; set `Parked.browser_cookie` when it differs from what the browser sent."""
        raise NotImplementedError

    def load(self, interaction_id: str, browser_cookie: str | None) -> Interaction | Gone:
        """Return the interaction of this browser; its `id` may be newer than the one asked for."""
        raise NotImplementedError

    def next_path(self, interaction: Interaction, session: Session | None) -> str:
        """Return the page of the next step with `?interaction=<id>`, or where a completed interaction goes on."""
        raise NotImplementedError

    def finish(self, interaction: Interaction) -> bool:
        """End the interaction, after `assess` said None or when it leaves with an error; one caller is told True."""
        raise NotImplementedError

    def refuse(self, interaction: Interaction, error: str = "access_denied") -> str:
        """The person cannot or will not go on: return the path that takes the error back to the client.

        Without a client it is the demand's own path.
        """
        raise NotImplementedError

    def person(self, interaction: Interaction, session: Session | None) -> Account | None:
        """Return whose second factor or new password is asked: the proven person, else the session's."""
        raise NotImplementedError

    def offers(self, interaction: Interaction, session: Session | None) -> list[Offer]:
        """Return the second factors to choose from, e-mail first; in a step-up only those that suffice."""
        raise NotImplementedError
