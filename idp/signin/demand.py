"""What a request asks of the person, in the flow's own words: made by the protocol, or by the menu for itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

NO_PARAMETERS: Mapping[str, str] = {}
RESUME_PATH = "/authorize/resume"
"""Where the protocol takes up again an authorization request that is complete or leaves with an error."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What must hold before a request goes on. Parked as JSON in an interaction."""

    client_id: str = ""
    """Client that asked; "" when the person came to the MES menu or account page itself."""
    client_name: str = ""
    module: str = ""
    """Module whose access is needed; "" for none."""
    set_up: bool = False
    """Whether the person came to finish the set-up of an own account there, even where another one opens it already."""
    acr: str = ""
    """Least level of assurance, the strongest of the client's minimum and the request's; "" for any."""
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    """Greatest age of the authentication in seconds (OIDC Core 3.1.2.1)."""
    subjects: tuple[str, ...] = ()
    """Each `sub` that may be signed in (from id_token_hint and the `claims` parameter); empty for anybody."""
    login_hint: str = ""
    ui_locales: str = ""
    consent_scope: tuple[str, ...] = ()
    """Scopes the person must have agreed to; empty for first-party clients."""
    redirect_origin: str = ""
    """Origin of the client's redirect URI: pages add it to `form-action`, for the POST's redirect chain ends there."""
    parameters: Mapping[str, str] = field(default_factory=lambda: NO_PARAMETERS)
    """The authorization request as it came, for the protocol to check again when the person is done."""
    resume_path: str = RESUME_PATH
    """Where a client's demand goes on when it is met or refused: a path of ours, never taken from input."""
    return_path: str = "/menu"
    """Where a demand without a client goes on: a path of ours, never taken from input."""
    refused_path: str = "/menu"
    """Where somebody goes who refuses what such a demand asks: a path of ours too, and never the one that asks again."""
