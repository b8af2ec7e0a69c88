"""What an operator allows, beyond what anybody may have, to clients that register themselves."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class RegistrationTerms:
    """Goes with an initial access token (RFC 7591 1.2), or stands for everybody where registration is open."""

    module: str = ""
    """The module that these clients belong to; "" for none."""
    scope: tuple[str, ...] = ()
    """Scopes beside those about a person, such as `mes` and `scim`."""
    require_pkce: bool = True
    """Whether web clients that authenticate must use PKCE all the same."""
    client_credentials: bool = False
    """Whether they may act for themselves."""

    def to_json(self) -> str:
        """Return them as they are stored."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "RegistrationTerms":
        """Read what `to_json` wrote."""
        stored = json.loads(text)
        return cls(**{**stored, "scope": tuple(stored["scope"])})


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one registration, or one change of it, may say."""

    ours: dict[str, object] = field(default_factory=dict)
    """Values of our own fields, by name, where they are not the defaults: a client may repeat them, never change them."""
    scope: frozenset[str] = frozenset()
    """Scopes beside those about a person."""
    client_credentials: bool = False
    http_on_this_machine: bool = False
    """Whether a web client may be at an http address of this machine, which is for development."""
