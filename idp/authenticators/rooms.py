"""The rooms of the second factors, built."""

from dataclasses import dataclass

from idp.authenticators.authenticator_app import AuthenticatorApps
from idp.authenticators.passcodes import Passcodes
from idp.authenticators.registry import SecondFactors
from idp.ground import Ground


@dataclass(frozen=True)
class AuthenticatorRooms:
    """What others ask about second factors."""

    apps: AuthenticatorApps
    passcodes: Passcodes
    second_factors: SecondFactors


def open_authenticators(ground: Ground) -> AuthenticatorRooms:
    """Build them."""
    apps = AuthenticatorApps(ground.clock, ground.secrets)
    return AuthenticatorRooms(
        apps=apps,
        passcodes=Passcodes(ground.clock, ground.secrets, ground.settings.passcode),
        second_factors=SecondFactors(ground.database, apps),
    )
