"""The mails to an address that is to become a User ID; see `idp/notify/messages.py`."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class UserIdCodeMail:
    """Asks whoever reads a new User ID for the code that the page of its change wants."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "user_id_code"

    given_name: str
    """Always empty: nobody has shown yet whose address it is."""
    code: str
    expires_minutes: int


@dataclass(frozen=True, slots=True)
class ConfirmUserIdMail:
    """Asks whoever reads a new User ID that a module or an operator named whether it is theirs."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "confirm_user_id"

    given_name: str
    """Always empty, as in `UserIdCodeMail`."""
    confirm_url: str
    confirm_until: int


@dataclass(frozen=True, slots=True)
class UserIdTakenMail:
    """Tells whoever reads an address that it can not become the User ID of another account."""

    channel: ClassVar[str] = "mail"
    name: ClassVar[str] = "user_id_taken"

    given_name: str
    """Always empty, as in `UserIdCodeMail`."""
    sign_in_url: str
