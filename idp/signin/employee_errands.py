"""What is remembered of an employee who was sent away to sign in, until they come back once, in the same browser."""

import json
from dataclasses import asdict, dataclass

from idp.directory.upstream import Errand
from idp.settings import Settings
from idp.signin.cookies import is_value
from idp.store.ephemeral import EphemeralStore


@dataclass(frozen=True, slots=True)
class Away:
    """An errand, and the interaction that it is for."""

    errand: Errand
    interaction_id: str


@dataclass(frozen=True)
class EmployeeErrands:
    """Keeps errands under their `state`. Every method raises StoreUnavailable."""

    store: EphemeralStore
    settings: Settings

    def keep(self, errand: Errand, interaction_id: str) -> None:
        """Remember it for as long as an interaction lives."""
        kept = json.dumps({"errand": asdict(errand), "interaction": interaction_id})
        self.store.put(_key(errand.state), kept.encode(), self.settings.interaction.lifetime_seconds)

    def look(self, state: str) -> Away | None:
        """Return what is remembered, without spending it."""
        kept = self.store.get(_key(state)) if is_value(state) else None
        if kept is None:
            return None
        read = json.loads(kept)
        return Away(Errand(**read["errand"]), read["interaction"])

    def spend(self, away: Away) -> bool:
        """Forget the errand; of many who come back with it one is told True. Where it led is remembered on."""
        lifetime = self.settings.interaction.lifetime_seconds
        self.store.put(_trace(away.errand.state), away.interaction_id.encode(), lifetime)
        return self.store.take(_key(away.errand.state)) is not None

    def led_to(self, state: str) -> str:
        """Return the interaction of an errand that is over; "" when nothing is known of it."""
        kept = self.store.get(_trace(state)) if is_value(state) else None
        return "" if kept is None else kept.decode()


def _key(state: str) -> str:
    return f"employee-errand:{state}"


def _trace(state: str) -> str:
    return f"employee-errand-over:{state}"
