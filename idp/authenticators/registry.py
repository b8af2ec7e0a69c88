"""The second factors, in the order in which they are offered. A new method is one file here and its line below."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, bindparam, func, select

from idp.authenticators import authenticator_app, email_code, levels, passkeys, recovery_codes, text_code
from idp.authenticators.model import authenticator_apps
from idp.authenticators.model import passkeys as passkeys_table
from idp.authenticators.model import recovery_codes as recovery_codes_table
from idp.authenticators.person import Person
from idp.clock import Clock
from idp.store.database import Database
from idp.store.prepared import Prepared
from idp.store.tables import RowId

Method = Literal["email", "text", "app", "passkey", "recovery"]

SENT_CODES = {"email": email_code, "text": text_code}
"""Methods whose code we send; e-mail always and first, text with a number on file (fact S4)."""

_app, _passkey, _code = authenticator_apps.c, passkeys_table.c, recovery_codes_table.c
_of = bindparam("account_id", type_=RowId)
_HELD = Prepared(
    select(
        select(func.count())
        .where(_app.account_id == _of, _app.confirmed_at.is_not(None))
        .scalar_subquery()
        .label("apps"),
        select(func.count()).where(_passkey.account_id == _of).scalar_subquery().label("passkeys"),
        select(func.count())
        .where(_passkey.account_id == _of, _passkey.verifies_user.is_(True))
        .scalar_subquery()
        .label("verifying_passkeys"),
        select(func.count())
        .where(_code.account_id == _of, _code.kept_at.is_not(None), _code.used_at.is_(None))
        .scalar_subquery()
        .label("recovery_codes"),
    )
)


@dataclass(frozen=True, slots=True)
class Offer:
    """One second factor that a person may choose."""

    method: Method
    acr: str
    """The level of assurance it gives with a password; with a passkey, the best that one of theirs can give."""
    amr: tuple[str, ...]
    """What it adds to `amr` (RFC 8176); with a passkey, the one that is used tells."""
    destination: str = ""
    """Where the code goes, masked; "" where we send none."""


@dataclass(frozen=True, slots=True)
class Held:
    """What an account has beside codes by mail and text: how many of each are in use."""

    apps: int
    passkeys: int
    verifying_passkeys: int
    """Those of the passkeys that have unlocked by PIN, fingerprint or face."""
    recovery_codes: int
    """Those that were not used yet."""

    @property
    def passkey_acr(self) -> str:
        """The best level that a passkey of this account gives; "" without any."""
        if self.verifying_passkeys:
            return levels.PHISHING_RESISTANT
        return levels.MFA if self.passkeys else ""

    @property
    def strongest(self) -> str:
        """The level that app and passkeys give at best, "" without any: who changes factors shows as much.

        Recovery codes do not count: they stand in for these and are made only beside them.
        """
        return self.passkey_acr or (levels.MFA if self.apps else "")


@dataclass(frozen=True)
class SecondFactors:
    """Knows what each person can be asked for."""

    database: Database
    clock: Clock

    def offered(self, person: Person) -> list[Offer]:
        """Return what this person has, in the order in which it is offered."""
        offers = [Offer("email", email_code.ACR, email_code.AMR, email_code.masked(person))]
        # Not to a number that a module has just changed: it may be somebody else's (SECURITY O3).
        if person.phone_is_usable(self.clock.now()):
            offers.append(Offer("text", text_code.ACR, text_code.AMR, text_code.masked(person)))
        with self.database.reading() as connection:
            held = self.held(connection, person.id)
        if held.apps:
            offers.append(Offer("app", authenticator_app.ACR, authenticator_app.AMR))
        if held.passkeys:
            offers.append(Offer("passkey", held.passkey_acr, passkeys.AMR))
        if held.recovery_codes:
            offers.append(Offer("recovery", recovery_codes.ACR, recovery_codes.AMR))
        return offers

    def held(self, connection: Connection, account_id: int) -> Held:
        """Return what the account has beside codes by mail and text, in one read."""
        return Held(*_HELD.one(connection, {"account_id": account_id}))
