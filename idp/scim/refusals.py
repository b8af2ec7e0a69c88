"""Refusals of our own, beside those that scim2-models has (RFC 7644 3.12)."""

from typing import Any

from scim2_models import SCIMException


class TooManyTaken(SCIMException):
    """This client has asked for too many addresses that somebody has: it would learn who has an account."""

    status = 429

    def __init__(self, retry_after: int, **kwargs: Any) -> None:
        super().__init__(detail="too many userNames of others were asked for; try again later", **kwargs)
        self.retry_after = retry_after


class ShutByOthers(SCIMException):
    """The module says that somebody may sign in, but an operator, or long disuse, has shut the account."""

    status = 403

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            detail="active cannot be true: not this module but the agency has shut the account, and only it opens it",
            **kwargs,
        )
