"""The second factors, in the order in which they are offered. A new method is one file here and one line in it."""

from dataclasses import dataclass
from typing import Literal, Protocol

from idp.store.database import Database

Method = Literal["email", "text", "app"]


class Person(Protocol):
    """What a second factor needs to know of somebody (an account has it)."""

    @property
    def id(self) -> int:
        """Row number of the account."""
        ...

    @property
    def user_id(self) -> str:
        """The e-mail address."""
        ...

    @property
    def phone(self) -> str | None:
        """The mobile number on file, E.164."""
        ...


@dataclass(frozen=True, slots=True)
class Offer:
    """One second factor that a person may choose."""

    method: Method
    acr: str
    """The level of assurance it gives with a password."""
    amr: tuple[str, ...]
    """What it adds to `amr` (RFC 8176)."""
    destination: str
    """Where the code goes, masked; "" for an app."""


@dataclass(frozen=True)
class SecondFactors:
    """Knows what each person can be asked for."""

    database: Database

    def offered(self, person: Person) -> list[Offer]:
        """Return what this person has: e-mail always and first, text with a number on file, an app once enrolled (S4)."""
        raise NotImplementedError
