"""Who calls: a module's client, known by its access token."""

from dataclasses import dataclass

from idp.audit.trail import Visitor


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that acts for its module."""

    client_id: str
    module: str
    visitor: Visitor
    """Where the request came from; its actor is the client."""
