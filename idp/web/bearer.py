"""How a protected resource refuses a request for its access token (RFC 6750 3)."""

from dataclasses import dataclass

REALM = "mes"


@dataclass(frozen=True)
class BearerRefused(Exception):
    """The request brought no access token (then `code` is empty), or one that opens nothing here."""

    status: int
    code: str = ""
    description: str = ""
    """Fixed text: nothing of the request."""

    @property
    def challenge(self) -> str:
        """The value of WWW-Authenticate."""
        if not self.code:
            return f'Bearer realm="{REALM}"'
        return f'Bearer realm="{REALM}", error="{self.code}", error_description="{self.description}"'
