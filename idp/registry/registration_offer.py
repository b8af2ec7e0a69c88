"""Whether programs may register clients: discovery names the endpoint then.

That a token runs out or is used up changes nothing until the next one is made or revoked: who comes late reads it at the
endpoint, and what everybody asks for all day need not be looked up.
"""

from idp.registry.initial_access_tokens import VERSION_NAME, InitialAccessTokens
from idp.store.database import StoreUnavailable
from idp.store.versions import Versions


class RegistrationOffer:
    """Answers at once: looks again only after an initial access token was made or revoked. Thread-safe."""

    def __init__(self, tokens: InitialAccessTokens, versions: Versions, *, is_open: bool) -> None:
        self._tokens = tokens
        self._versions = versions
        self._is_open = is_open
        self._known: tuple[int, bool] = (0, False)

    def __call__(self) -> bool:
        """Return whether registration is open, or an initial access token could be used when they last changed."""
        if self._is_open:
            return True
        try:
            version = self._versions.current(VERSION_NAME)
            if version != self._known[0]:
                self._known = (version, self._tokens.any_live())
        except StoreUnavailable:
            # What is known is said while the database is away.
            return self._known[1]
        return self._known[1]
