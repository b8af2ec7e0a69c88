"""What somebody has enrolled, as the account's own page lists it."""

from dataclasses import dataclass

from idp.authenticators.passkeys import Passkey, Passkeys
from idp.authenticators.recovery_codes import RecoveryCodes
from idp.store.database import Database


@dataclass(frozen=True, slots=True)
class Standing:
    """Passkeys and recovery codes of one account."""

    passkeys: list[Passkey]
    codes_left: int
    codes_made_at: int | None
    """When the recovery codes in use were made; None when there are none, used or not."""


@dataclass(frozen=True)
class ShowStanding:
    """Reads it."""

    database: Database
    passkeys: Passkeys
    recovery_codes: RecoveryCodes

    def __call__(self, account_id: int) -> Standing:
        """Return what the account has. Raises StoreUnavailable."""
        with self.database.reading() as connection:
            return Standing(
                self.passkeys.of(connection, account_id),
                self.recovery_codes.left(connection, account_id),
                self.recovery_codes.made_at(connection, account_id),
            )
