"""A person agrees, or not, that a client may have what it asked for (OIDC Core 3.1.2.4)."""

from dataclasses import dataclass, replace

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.grants.consents import Consents
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.outcomes import Advanced
from idp.signin.sessions import Session
from idp.store.database import Database


@dataclass(frozen=True)
class GiveConsent:
    """Remembers the answer."""

    database: Database
    flow: SignInFlow
    consents: Consents
    trail: Trail

    def give(self, interaction: Interaction, session: Session, visitor: Visitor) -> Advanced:
        """Remember the consent to the demand's scopes and go on."""
        demand = interaction.demand
        with self.database.transaction() as connection:
            self.consents.give(connection, session.account.id, demand.client_id, demand.consent_scope)
            self.trail.record(
                connection,
                Event.CONSENT_GIVEN,
                visitor,
                actor=session.account.sub,
                client_id=demand.client_id,
                sid=session.sid,
                scope=list(demand.consent_scope),
            )
        after = replace(interaction, consented=True)
        self.flow.interactions.save(after)
        return Advanced(self.flow.next_path(after, session))

    def deny(self, interaction: Interaction, session: Session, visitor: Visitor) -> Advanced:
        """Go back to the client with `access_denied`."""
        with self.database.reading() as connection:
            self.trail.record(
                connection,
                Event.CONSENT_DENIED,
                visitor,
                actor=session.account.sub,
                client_id=interaction.demand.client_id,
                sid=session.sid,
            )
        return Advanced(self.flow.refuse(interaction, "access_denied"))
