"""How long tokens live: what the settings say, and less for a client that is registered for less.

The settings are the ceiling as well as the default: whoever may register clients cannot make a stolen token last longer than
the operator has decided.
"""

from dataclasses import dataclass

from idp.registry.client import Client
from idp.settings import Tokens


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Lifetimes of one client's tokens, in seconds."""

    settings: Tokens

    def access_seconds(self, client: Client) -> int:
        """Return how long an access token lives."""
        return _at_most(self.settings.access_seconds, client.access_token_seconds)

    def refresh_seconds(self, client: Client) -> int:
        """Return how long a refresh token family lives at most."""
        return _at_most(self.settings.refresh_seconds, client.refresh_token_seconds)

    def id_token_seconds(self, client: Client) -> int:
        """Return how long an ID Token lives."""
        return _at_most(self.settings.id_token_seconds, client.id_token_seconds)


def _at_most(ceiling: int, wanted: int | None) -> int:
    return ceiling if wanted is None else min(ceiling, wanted)
