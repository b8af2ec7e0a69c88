"""As which of their own accounts there somebody enters a module that has them (fact S13), and what must be done before.

Nobody enters without an account in use. Who has several is asked once in a session; a module never sees but the chosen id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from idp.modules.account_states import ModuleAccount, step_of
from idp.modules.module_accounts import ModuleAccounts
from idp.modules.modules import Modules
from idp.signin.demand import Demand
from idp.signin.interaction import Interaction
from idp.signin.sessions import Session
from idp.store.ephemeral import EphemeralStore

Reason = Literal["", "module_set_up", "module_choice"]

NO_ACCOUNT = 0
"""No row has this number: a grant with it is told no id at all."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody's set-up in a module is, for the menu."""

    step: int | None
    """Of `idp.modules.account_states.STEPS`; None when nothing waits to be finished."""
    is_open: bool
    """Whether the module opens: at least one account is in use."""


@dataclass(frozen=True)
class ModuleEntry:
    """Asked by the table of steps, by pages, and by the protocol when it issues a code."""

    modules: Modules
    accounts: ModuleAccounts
    store: EphemeralStore
    session_seconds: int

    def reason(self, session: Session, demand: Demand, interaction: Interaction | None) -> Reason:
        """Return why a page about the person's own account must come first; "" when none must."""
        module = self.modules.get(demand.module) if demand.module else None
        if module is None or module.own_accounts is None:
            return ""
        person = session.account.id
        active = self.accounts.active(person, module.name)
        if demand.set_up:
            is_done = interaction is not None and interaction.module_account in active
            return "module_set_up" if not is_done and self._waits(person, module.name) else ""
        if not active:
            return "module_set_up"
        return "" if self._chosen(session, demand, interaction, active) else "module_choice"

    def opens_as(self, session: Session, demand: Demand, interaction: Interaction | None) -> int | None:
        """Return the row of the account that the module is told the id of; None when it has no own accounts.

        NO_ACCOUNT when it has, and none of the person's may be used: no id is released then, never another one.
        """
        module = self.modules.get(demand.module) if demand.module else None
        if module is None or module.own_accounts is None:
            return None
        active = self.accounts.active(session.account.id, module.name)
        return self._chosen(session, demand, interaction, active) or NO_ACCOUNT

    def remember(self, session: Session, module: str, module_account: int) -> None:
        """Keep for this session as which account the person enters. Raises StoreUnavailable."""
        self.store.put(_key(session, module), str(module_account).encode(), self.session_seconds)

    def choices(self, session: Session, module: str) -> dict[int, str]:
        """Return the person's ids that are in use in the module, by row."""
        return self.accounts.active(session.account.id, module)

    def progress(self, account_id: int) -> dict[str, Progress]:
        """Return how far the person is, for each module that has own accounts."""
        held: dict[str, list[ModuleAccount]] = {}
        for account in self.accounts.of_person(account_id):
            held.setdefault(account.module, []).append(account)
        return {
            module.name: _progress(held.get(module.name, ()))
            for module in self.modules.all()
            if module.own_accounts is not None
        }

    def _chosen(
        self, session: Session, demand: Demand, interaction: Interaction | None, active: dict[int, str]
    ) -> int | None:
        if len(active) == 1:
            return next(iter(active))
        if interaction is not None and interaction.module_account in active:
            return interaction.module_account
        if not active or "select_account" in demand.prompt:
            return None
        kept = self.store.get(_key(session, demand.module))
        remembered = int(kept) if kept is not None else NO_ACCOUNT
        return remembered if remembered in active else None

    def _waits(self, account_id: int, module: str) -> bool:
        return step_of(self.accounts.of_person(account_id, module)) is not None


def _progress(held: Sequence[ModuleAccount]) -> Progress:
    return Progress(step_of(held), any(account.is_active for account in held))


def _key(session: Session, module: str) -> str:
    return f"module-account:{session.sid}:{module}"
