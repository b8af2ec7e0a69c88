"""An employee goes to the upstream to sign in (fact S2): chosen by the address's domain, whether or not an account exists."""

from dataclasses import dataclass, replace

from idp.accounts.user_id import canonical, domain
from idp.audit.trail import Visitor
from idp.directory.upstream import Departure, Upstream, Wish
from idp.signin.acr import LEVELS, PASSWORD, rank, satisfies
from idp.signin.employee_errands import EmployeeErrands
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced, DirectoryAway, Elsewhere
from idp.signin.request_limit import RequestLimit
from idp.signin.sessions import Session
from idp.signin.steps import Step

PATH = "/sign-in/employee"
"""The page from which employees leave."""


@dataclass(frozen=True)
class SendEmployee:
    """Sends them there, asking for what the request demands."""

    upstream: Upstream | None
    """None where employees do not sign in elsewhere."""
    errands: EmployeeErrands
    flow: SignInFlow
    limit: RequestLimit
    """For each way there something is kept until somebody is back."""

    def serves(self, user_id: str) -> bool:
        """Whether whoever has this User ID signs in elsewhere; `user_id` as it was typed."""
        name = canonical(user_id)
        return name is not None and self.upstream is not None and self.upstream.serves(domain(name))

    def note(self, interaction: Interaction, user_id: str) -> Advanced:
        """Remember the User ID that was typed, so that the person need not type it there again."""
        hinted = replace(interaction, demand=replace(interaction.demand, login_hint=user_id))
        self.flow.interactions.save(hinted)
        return Advanced(f"{PATH}?interaction={hinted.id}")

    def can_raise(self, interaction: Interaction, session: Session | None) -> bool:
        """Whether the upstream may give an employee the level that this interaction wants, and was not asked yet."""
        if session is None or self.upstream is None or not self.serves(session.account.user_id):
            return False
        return self.upstream.can_prove(_levels(interaction))

    def __call__(
        self, interaction: Interaction, session: Session | None, *, language: str, visitor: Visitor
    ) -> Elsewhere | DirectoryAway:
        """Return where the browser goes. Raises TooManyRequests, StoreUnavailable."""
        if self.upstream is None:
            return DirectoryAway()
        self.limit.take(visitor, interaction.demand.client_id)
        departure = self.upstream.send(self._wish(interaction, session, language))
        if _levels(interaction) and (session is not None or isinstance(departure, Departure)):
            # Once: whoever is signed in goes on to our own second factor when it does not give the level, or is away.
            self.flow.interactions.save(replace(interaction, upstream_asked=True))
        if not isinstance(departure, Departure):
            return DirectoryAway()
        self.errands.keep(departure.errand, interaction.id)
        return Elsewhere(departure.url)

    def _wish(self, interaction: Interaction, session: Session | None, language: str) -> Wish:
        demand = interaction.demand
        needed = self.flow.assess(demand, session, interaction)
        levels = _levels(interaction)
        if needed is not None and needed.step is Step.STEP_UP and session is not None:
            # Who is signed in already proves more, whenever that was.
            return Wish(login_hint=session.account.user_id, levels=levels, ui_locales=language)
        return Wish(
            login_hint=demand.login_hint if self.serves(demand.login_hint) else "",
            levels=levels,
            # A fresh sign-in is fresh there, or it would be none: here nobody types anything.
            anew="login" in demand.prompt or demand.max_age == 0,
            another=interaction.account_choice == "another",
            max_age=demand.max_age,
            ui_locales=language,
        )


def _levels(interaction: Interaction) -> tuple[str, ...]:
    """Return the levels of which the demand wants one; none when it wants no more than a password, or asked before."""
    wanted = interaction.demand.acr
    if interaction.upstream_asked or rank(wanted) <= rank(PASSWORD):
        return ()
    return tuple(level for level in LEVELS if satisfies(level, wanted))
