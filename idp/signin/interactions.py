"""Where interactions are kept: in the ephemeral store, each bound to one browser. Losing one means starting again.

They are sealed: a request may name a person (`login_hint`), and no store holds that in clear (SECURITY H3).
"""

import hmac
import json
import secrets as chance
from dataclasses import dataclass, replace

from idp.clock import Clock
from idp.sealing import RootSecrets, SealBroken
from idp.settings import Settings
from idp.signin.browser_cookie import browser_of, keys_of
from idp.signin.cookies import is_value, new_value
from idp.signin.demand import Demand
from idp.signin.interaction import Interaction, Parked, Proof
from idp.signin.outcomes import Gone
from idp.store.ephemeral import EphemeralStore

START_PATH = "/sign-in"
"""Where somebody starts again who has lost an interaction."""
DONE_PATH = "/menu"
"""Where somebody goes on who came back to a finished one."""

_MOST_HOPS = 8
_PURPOSE = "interaction"


@dataclass(frozen=True)
class Interactions:
    """Parks, loads, saves and finishes interactions. Every method raises StoreUnavailable when the store is away."""

    store: EphemeralStore
    clock: Clock
    secrets: RootSecrets
    settings: Settings

    def park(self, demand: Demand, browser_cookie: str | None) -> Parked:
        """Keep a new interaction for the browser; a browser without a usable cookie gets a new one."""
        cookie, name = browser_cookie, browser_of(browser_cookie)
        if cookie is None or name is None:
            cookie = name = new_value()
        interaction = Interaction(chance.token_urlsafe(32), self._browser(name), demand, self.clock.now())
        self.save(interaction)
        return Parked(interaction.id, cookie)

    def load(self, interaction_id: str, browser_cookie: str | None) -> Interaction | Gone:
        """Return the interaction if it lives and belongs to this browser; an id replaced since leads to its successor.

        What was proven in it is there only for a browser that holds the key: for any other it is asked again.
        """
        lost = Gone(START_PATH, finished=False)
        name = browser_of(browser_cookie)
        if browser_cookie is None or name is None:
            return lost
        for _ in range(_MOST_HOPS):
            if not is_value(interaction_id):
                return lost
            kept = self._kept(interaction_id)
            if kept is None:
                return self._after_end(interaction_id, name)
            mark = json.loads(kept)
            if not self._is_of(name, mark["browser"]):
                return lost
            if "next" not in mark:
                return self._as_seen_with(keys_of(browser_cookie), Interaction.from_json(kept))
            interaction_id = mark["next"]
        return lost

    def save(self, interaction: Interaction) -> None:
        """Keep the changed interaction under its id, for its whole lifetime from now."""
        self._keep(interaction.id, interaction.to_json())

    def replace(self, interaction: Interaction) -> Interaction:
        """Keep it under a new id, at a rise in assurance; the old id leads on, for the same browser only."""
        successor = replace(interaction, id=chance.token_urlsafe(32))
        self.save(successor)
        mark = json.dumps({"next": successor.id, "browser": interaction.browser}).encode()
        self._keep(interaction.id, mark)
        return successor

    def prove(self, interaction: Interaction, proof: Proof) -> tuple[Interaction, str]:
        """Keep what a right password has proven, under a new id and for a new key; return both: the browser is given the key.

        Whoever had the cookie before, or planted it, is not let into what the person does from here on.
        """
        key = new_value()
        proof = replace(proof, key=self._browser(key))
        return self.replace(replace(interaction, proof=proof, sid="", error="")), key

    def finish(self, interaction: Interaction) -> bool:
        """End it; of many callers one is told True. A tombstone stays, so that the back button gets a way on."""
        lifetime = self.settings.interaction.lifetime_seconds
        if not self.store.put_new(_tombstone(interaction.id), interaction.browser.encode(), lifetime):
            return False
        self.store.discard(_key(interaction.id))
        return True

    def _keep(self, interaction_id: str, plain: bytes) -> None:
        key = _key(interaction_id)
        self.store.put(key, self.secrets.seal(_PURPOSE, plain, key), self.settings.interaction.lifetime_seconds)

    def _kept(self, interaction_id: str) -> bytes | None:
        key = _key(interaction_id)
        sealed = self.store.get(key)
        if sealed is None:
            return None
        try:
            return self.secrets.open(_PURPOSE, sealed, key)
        except SealBroken:
            # Parked by the release before, or under a root secret that is gone: as good as run out.
            return None

    def _after_end(self, interaction_id: str, name: str) -> Gone:
        browser = self.store.get(_tombstone(interaction_id))
        finished = browser is not None and self._is_of(name, browser.decode())
        return Gone(DONE_PATH if finished else START_PATH, finished)

    def _as_seen_with(self, keys: list[str], interaction: Interaction) -> Interaction:
        proof = interaction.proof
        if proof is None or (proof.key and any(self._is_of(key, proof.key) for key in keys)):
            return interaction
        return replace(interaction, proof=None)

    def _is_of(self, value: str, kept: str) -> bool:
        try:
            expected = self._browser(value, int(kept.partition("$")[0]))
        except SealBroken:
            return False
        return hmac.compare_digest(expected, kept)

    def _browser(self, value: str, generation: int = 0) -> str:
        generation = generation or self.secrets.current
        return f"{generation}$" + self.secrets.mac("browser", value, generation=generation).hex()


def _key(interaction_id: str) -> str:
    return f"interaction:{interaction_id}"


def _tombstone(interaction_id: str) -> str:
    return f"interaction-done:{interaction_id}"
