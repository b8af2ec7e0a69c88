"""A person chooses to go on as who is signed in, or as somebody else (`prompt=select_account`; "use another account")."""

from dataclasses import dataclass, replace

from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced
from idp.signin.sessions import Session


@dataclass(frozen=True)
class ChooseAccount:
    """Notes the choice; the present session ends only when another person has signed in."""

    flow: SignInFlow

    def same(self, interaction: Interaction, session: Session) -> Advanced:
        """Go on as the person of the session."""
        return self._go_on(replace(interaction, account_choice="same"), session)

    def another(self, interaction: Interaction, session: Session | None) -> Advanced:
        """Ask for User ID and password of another person; also the way on from a module one may not open."""
        return self._go_on(replace(interaction, account_choice="another", proof=None, sid="", error=""), session)

    def _go_on(self, interaction: Interaction, session: Session | None) -> Advanced:
        self.flow.interactions.save(interaction)
        return Advanced(self.flow.next_path(interaction, session))
