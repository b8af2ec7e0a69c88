"""The second factors, in the order in which they are offered. A new method is one file here and its line below."""

from dataclasses import dataclass
from typing import Literal

from idp.authenticators import authenticator_app, email_code, text_code
from idp.authenticators.authenticator_app import AuthenticatorApps
from idp.authenticators.person import Person
from idp.store.database import Database

Method = Literal["email", "text", "app"]

SENT_CODES = {"email": email_code, "text": text_code}
"""Methods whose code we send; e-mail always and first, text with a number on file (fact S4)."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One second factor that a person may choose."""

    method: Method
    acr: str
    """The level of assurance it gives with a password."""
    amr: tuple[str, ...]
    """What it adds to `amr` (RFC 8176)."""
    destination: str = ""
    """Where the code goes, masked; "" for an app."""


@dataclass(frozen=True)
class SecondFactors:
    """Knows what each person can be asked for."""

    database: Database
    apps: AuthenticatorApps

    def offered(self, person: Person) -> list[Offer]:
        """Return what this person has, in the order in which it is offered."""
        offers = [Offer("email", email_code.ACR, email_code.AMR, email_code.masked(person))]
        if text_code.destination(person) is not None:
            offers.append(Offer("text", text_code.ACR, text_code.AMR, text_code.masked(person)))
        with self.database.reading() as connection:
            if self.apps.is_enrolled(connection, person.id):
                offers.append(Offer("app", authenticator_app.ACR, authenticator_app.AMR))
        return offers
