"""A person agrees, or not, that a client may have what it asked for (OIDC Core 3.1.2.4)."""

from dataclasses import dataclass

from idp.audit.trail import Visitor
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced
from idp.signin.sessions import Session


@dataclass(frozen=True)
class GiveConsent:
    """Remembers the answer."""

    def give(self, interaction: Interaction, session: Session, visitor: Visitor) -> Advanced:
        """Remember the consent to the demand's scopes and go on."""
        raise NotImplementedError

    def deny(self, interaction: Interaction, session: Session, visitor: Visitor) -> Advanced:
        """Go back to the client with `access_denied`."""
        raise NotImplementedError
