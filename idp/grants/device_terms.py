"""What a device asked for (RFC 8628 3.1), kept until its person has decided and the tokens are made."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class DeviceTerms:
    """Checked when the device asked; what comes of it says the same."""

    scope: tuple[str, ...]
    acr: str = ""
    """Least level of assurance: the strongest of the client's minimum and `acr_values`; "" for any."""
    max_age: int | None = None
    """Greatest age of the authentication in seconds."""
    resources: tuple[str, ...] = ()
    """Resource indicators that it asked for (RFC 8707)."""

    def to_json(self) -> str:
        """Return the terms as they are stored."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "DeviceTerms":
        """Return what `to_json` was called on."""
        kept = json.loads(text)
        return cls(**kept | {"scope": tuple(kept["scope"]), "resources": tuple(kept["resources"])})
