"""The keyring's rooms on one pair of stores, as the house builds them."""

from dataclasses import dataclass

from idp.audit.trail import OPERATOR, Trail
from idp.clock import Clock
from idp.keyring.keyring import Keyring
from idp.keyring.list_keys import ListKeys
from idp.keyring.make_key import Algorithm
from idp.keyring.rotate import AlreadyRotated, Rotated, RotateKeys
from idp.keyring.withdraw import WithdrawKeys
from idp.sealing import RootSecrets
from idp.settings import Settings
from idp.store.database import Database
from idp.store.versions import Versions

LOOK_EVERY_SECONDS = 0.05


@dataclass(frozen=True)
class KeyringHouse:
    """Everything about keys in one process."""

    database: Database
    clock: Clock
    secrets: RootSecrets
    settings: Settings

    @property
    def trail(self) -> Trail:
        return Trail(self.database, self.clock)

    @property
    def rotate_keys(self) -> RotateKeys:
        return RotateKeys(self.database, self.clock, self.secrets, self.trail, self.settings.keys)

    @property
    def withdraw_keys(self) -> WithdrawKeys:
        return WithdrawKeys(self.database, self.clock, self.secrets, self.trail, self.settings.keys)

    def worker(self) -> Keyring:
        """Return the keyring of one more serving process."""
        return Keyring(
            self.database, self.clock, self.secrets, Versions(self.database, LOOK_EVERY_SECONDS), self.settings.keys
        )

    def rotate(self, alg: Algorithm = "ES256", *, now_please: bool = False) -> Rotated | AlreadyRotated:
        return self.rotate_keys.rotate(alg, OPERATOR, now_please=now_please)

    def rotated(self, alg: Algorithm = "ES256", *, now_please: bool = False) -> str:
        """Rotate, expecting a new key, and return its id."""
        outcome = self.rotate(alg, now_please=now_please)
        assert isinstance(outcome, Rotated)
        return outcome.kid

    def states(self) -> dict[str, str]:
        return {s.key.kid: s.state for s in ListKeys(self.database, self.clock, self.settings.keys).all()}
