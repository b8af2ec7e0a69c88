"""What second factors need to know of somebody; an account is one."""

from typing import Protocol


class Person(Protocol):
    """Somebody who is asked for a second factor."""

    @property
    def id(self) -> int:
        """Row number of the account."""
        ...

    @property
    def user_id(self) -> str:
        """The e-mail address."""
        ...

    @property
    def given_name(self) -> str:
        """What to call them."""
        ...

    @property
    def phone(self) -> str | None:
        """The mobile number on file, E.164."""
        ...

    def phone_is_usable(self, now: int) -> bool:
        """Whether there is a number and codes may go to it at `now`."""
        ...

    @property
    def locale(self) -> str | None:
        """The language they read."""
        ...
