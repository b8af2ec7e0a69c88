"""A parked request: what it demanded, and how far the person in this browser has come."""

import json
from dataclasses import dataclass, fields
from typing import Any, Literal

from idp.signin.demand import Demand

AccountChoice = Literal["", "same", "another"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What the person has proven in this interaction while no session shows it yet."""

    account_id: int
    at: int
    """When the password that was right had been set, 0 where there is none: another one since, and this proves nothing."""
    acr: str = ""
    """The level that the second factor gave; "" while it is still asked."""
    amr: tuple[str, ...] = ("pwd",)
    temporary_id: int | None = None
    """Row of the temporary password that was used instead of the password (facts S7 and S12)."""
    key: str = ""
    """Keyed hash of the key that the browser was given for it; "" for one of the release before, which is nobody's."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """One parked request and how far the person has come."""

    id: str
    browser: str
    """Keyed hash of the browser's cookie."""
    demand: Demand
    started_at: int
    proof: Proof | None = None
    sid: str = ""
    """Session that was signed in by this interaction: the fresh sign-in that `prompt=login` and `max_age` ask for."""
    account_choice: AccountChoice = ""
    """Answer to `prompt=select_account`, or to "use another account"."""
    consented: bool = False
    """Whether consent was given in this interaction (satisfies `prompt=consent`)."""
    module_account: int = 0
    """Row of the person's own account in the module that was set up or chosen in this interaction (fact S13)."""
    upstream_asked: bool = False
    """Whether the employees' upstream was asked for the level of the demand: what it does not give is asked here."""
    error: str = ""
    """OAuth error code to leave with, because the person refused or cannot go on: `access_denied` and the like."""

    def to_json(self) -> bytes:
        """Return what the ephemeral store keeps."""
        demand = _fields_of(self.demand)
        demand |= {"prompt": sorted(self.demand.prompt), "parameters": dict(self.demand.parameters)}
        proof = self.proof and _fields_of(self.proof)
        kept = _fields_of(self) | {"demand": demand, "proof": proof}
        # As UTF-8: written in escapes, a character would take twice the room or more.
        return json.dumps(kept, separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, kept: bytes) -> "Interaction":
        """Return what `to_json` was called on."""
        fields = json.loads(kept)
        demand, proof = fields["demand"], fields["proof"]
        if "subject" in demand:
            # Parked by the release before, which knew one.
            demand["subjects"] = [subject] if (subject := demand.pop("subject")) else []
        lists = {
            "prompt": frozenset(demand["prompt"]),
            "consent_scope": tuple(demand["consent_scope"]),
            "subjects": tuple(demand["subjects"]),
        }
        return cls(
            **fields
            | {
                "demand": Demand(**demand | lists),
                "proof": proof and Proof(**proof | {"amr": tuple(proof["amr"])}),
            }
        )


def _fields_of(value: Demand | Proof | Interaction) -> dict[str, Any]:
    # Not `asdict`, which copies all that is inside.
    return {field.name: getattr(value, field.name) for field in fields(value)}


@dataclass(frozen=True, slots=True)
class Parked:
    """A new interaction, and the browser cookie to set."""

    interaction_id: str
    browser_cookie: str
