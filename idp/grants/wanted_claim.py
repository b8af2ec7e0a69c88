"""One claim about a person that a client asked for by itself (OIDC Core 5.5), as it is kept with the grant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WantedClaim:
    """A claim, and what it must be to be released."""

    name: str
    values: tuple[Any, ...] | None = None
    """JSON values of which the claim must be one; None when it may be anything."""

    def is_met_by(self, value: object) -> bool:
        """Whether the claim is released with this value."""
        # true is no 1 in JSON.
        return self.values is None or any(type(value) is type(one) and value == one for one in self.values)

    def to_json(self) -> str | list[Any]:
        """Return what is stored: the name alone where it says all."""
        return self.name if self.values is None else [self.name, list(self.values)]

    @classmethod
    def from_json(cls, stored: str | Sequence[Any]) -> "WantedClaim":
        """Return what `to_json` was called on."""
        return cls(stored) if isinstance(stored, str) else cls(stored[0], tuple(stored[1]))
