"""A person is shown that a module is not open to them (fact S14): that goes on record."""

from dataclasses import dataclass

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.signin.interaction import Interaction
from idp.signin.sessions import Session
from idp.store.database import Database


@dataclass(frozen=True)
class NoteDenied:
    """Called by the page that tells it."""

    database: Database
    trail: Trail

    def __call__(self, interaction: Interaction, session: Session, visitor: Visitor) -> None:
        """Record that the module of the demand was denied."""
        with self.database.reading() as connection:
            self.trail.record(
                connection,
                Event.MODULE_DENIED,
                visitor,
                actor=session.account.sub,
                client_id=interaction.demand.client_id,
                sid=session.sid,
                module=interaction.demand.module,
            )
