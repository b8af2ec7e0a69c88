"""Somebody who has several accounts in a module says as which of them to enter (fact S13)."""

from dataclasses import dataclass, replace

from idp.audit.events import Event
from idp.audit.trail import Trail, Visitor
from idp.signin.flow import SignInFlow
from idp.signin.interaction import Interaction
from idp.signin.module_entry import ModuleEntry
from idp.signin.outcomes import Advanced
from idp.signin.sessions import Session
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class NotAChoice:
    """This is no account in use of this person in this module."""


@dataclass(frozen=True)
class ChooseModuleAccount:
    """Notes the choice for the interaction and, so that nobody is asked at every opening, for the session."""

    database: Database
    flow: SignInFlow
    entry: ModuleEntry
    trail: Trail

    def __call__(
        self, interaction: Interaction, session: Session, chosen: int, visitor: Visitor
    ) -> Advanced | NotAChoice:
        """Enter as `chosen`, the row of one of `ModuleEntry.choices`."""
        module = interaction.demand.module
        if chosen not in self.entry.choices(session, module):
            return NotAChoice()
        with self.database.reading() as connection:
            self.trail.record(
                connection,
                Event.MODULE_ACCOUNT_CHOSEN,
                visitor,
                actor=session.account.sub,
                client_id=interaction.demand.client_id,
                sid=session.sid,
                module=module,
                module_account=chosen,
            )
        after = replace(interaction, module_account=chosen)
        self.flow.interactions.save(after)
        self.entry.remember(session, module, chosen)
        return Advanced(self.flow.next_path(after, session))
