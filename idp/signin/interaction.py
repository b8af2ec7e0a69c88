"""Parked interactions: what a request demanded, and how far the person in this browser has come.

An interaction belongs to one browser (its cookie, kept as a keyed hash) and lives in the ephemeral store.
"""

from dataclasses import dataclass

from idp.clock import Clock
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.signin.demand import Demand
from idp.signin.outcomes import Gone
from idp.store.ephemeral import EphemeralStore


@dataclass(frozen=True, slots=True)
class Proof:
    """What the person has proven in this interaction while no session shows it yet."""

    account_id: int
    at: int
    """When the password was right."""
    acr: str = ""
    """The level that the second factor gave; "" while it is still asked."""
    amr: tuple[str, ...] = ("pwd",)
    temporary_id: int | None = None
    """Row of the temporary password that was used instead of the password (facts S7 and S12)."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """One parked request and how far the person has come."""

    id: str
    browser_hash: str
    demand: Demand
    started_at: int
    proof: Proof | None = None
    sid: str = ""
    """Session that was signed in by this interaction: a fresh sign-in that satisfies `prompt=login` and `max_age`."""
    account_choice: str = ""
    """Answer to `prompt=select_account`: "" none yet, "same", or "another"."""
    consented: bool = False
    """Whether consent was given in this interaction (satisfies `prompt=consent`)."""
    error: str = ""
    """OAuth error code to leave with, because the person refused or cannot go on: `access_denied` and the like."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A new interaction, and the browser cookie to set."""

    interaction_id: str
    browser_cookie: str


@dataclass(frozen=True)
class Interactions:
    """Parks, loads, saves and finishes interactions."""

    store: EphemeralStore
    clock: Clock
    secrets: RootSecrets
    settings: Settings

    def park(self, demand: Demand, browser_cookie: str | None) -> Parked:
        """Keep a new interaction for the browser; a browser without a usable cookie gets a new one."""
        raise NotImplementedError

    def load(self, interaction_id: str, browser_cookie: str | None) -> Interaction | Gone:
        """Return the interaction if it lives and belongs to this browser; an id replaced since leads to its successor."""
        raise NotImplementedError

    def save(self, interaction: Interaction) -> None:
        """Keep the changed interaction under its id."""
        raise NotImplementedError

    def replace(self, interaction: Interaction) -> Interaction:
        """Keep it under a new id, at a rise in assurance; the old id leads on, for the same browser only."""
        raise NotImplementedError

    def finish(self, interaction: Interaction) -> bool:
        """End it; of many callers one is told True. A tombstone stays, so that the back button gets a way on."""
        raise NotImplementedError
