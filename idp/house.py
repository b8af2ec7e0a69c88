"""The house: every capability's rooms by name, as `idp/app.py` builds it and as surfaces and commands ask for it."""

from collections.abc import Callable
from dataclasses import dataclass

from idp.accounts.rooms import AccountRooms
from idp.authenticators.rooms import AuthenticatorRooms
from idp.captcha.captcha import Captcha
from idp.grants.rooms import GrantRooms
from idp.ground import Ground
from idp.keyring.rooms import KeyringRooms
from idp.keyring.rotate_data import RotateData
from idp.modules.rooms import ModuleRooms
from idp.notify.worker import Worker
from idp.onboarding.rooms import OnboardingRooms
from idp.registry.rooms import RegistryRooms
from idp.signin.rooms import SignInRooms


@dataclass(frozen=True)
class House(Ground):
    """Everything that somebody outside asks for, built and connected."""

    keys: KeyringRooms
    registry: RegistryRooms
    modules: ModuleRooms
    people: AccountRooms
    factors: AuthenticatorRooms
    grants: GrantRooms
    captcha: Captcha
    signin: SignInRooms
    onboarding: OnboardingRooms
    rotate_data: RotateData
    worker: Worker
    """Carries out what the outbox holds."""
    sweeps: tuple[Callable[[], int], ...]
    """Each deletes some of what has run out."""

    def close(self) -> None:
        """Let go of every connection."""
        self.database.close()
