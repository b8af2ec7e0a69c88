"""Refusals of our own, beside those that scim2-models has (RFC 7644 3.12)."""

from typing import Any

from scim2_models import SCIMException


class TooMany(SCIMException):
    """Something was done too often; `detail` says what, and `retry_after` when it works again, in seconds."""

    status = 429

    def __init__(self, retry_after: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.retry_after = retry_after


class TooManyTaken(TooMany):
    """This client has asked for too many addresses that somebody has: it would learn who has an account."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after, detail="too many userNames of others were asked for; try again later")


class ChangedTooOften(TooMany):
    """An attribute of this user has changed too often today: each change sends messages to people."""

    def __init__(self, attribute: str, retry_after: int) -> None:
        super().__init__(retry_after, detail=f"{attribute} has changed too often today; try again later")


class ShutByOthers(SCIMException):
    """The module says that somebody may sign in, but an operator, or long disuse, has shut the account."""

    status = 403

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            detail="active cannot be true: not this module but the agency has shut the account, and only it opens it",
            **kwargs,
        )
