"""The rooms of the second factors, built."""

from collections.abc import Callable
from dataclasses import dataclass

from idp.authenticators.authenticator_app import AuthenticatorApps
from idp.authenticators.passcodes import Passcodes
from idp.authenticators.passkey_ceremony import PasskeyCeremony
from idp.authenticators.passkey_challenges import PasskeyChallenges, SweepPasskeyChallenges
from idp.authenticators.passkeys import Passkeys
from idp.authenticators.recovery_codes import RecoveryCodes
from idp.authenticators.registry import SecondFactors
from idp.authenticators.standing import ShowStanding
from idp.ground import Ground


@dataclass(frozen=True)
class AuthenticatorRooms:
    """What others ask about second factors."""

    apps: AuthenticatorApps
    passcodes: Passcodes
    passkeys: Passkeys
    challenges: PasskeyChallenges
    ceremony: PasskeyCeremony
    recovery_codes: RecoveryCodes
    second_factors: SecondFactors
    standing: ShowStanding
    sweep: Callable[[], int]


def open_authenticators(ground: Ground) -> AuthenticatorRooms:
    """Build them."""
    challenges = PasskeyChallenges(ground.clock, ground.secrets)
    passkeys = Passkeys(ground.clock, ground.secrets)
    recovery_codes = RecoveryCodes(ground.clock, ground.secrets)
    return AuthenticatorRooms(
        apps=AuthenticatorApps(ground.clock, ground.secrets),
        passcodes=Passcodes(ground.clock, ground.secrets, ground.settings.passcode),
        passkeys=passkeys,
        challenges=challenges,
        ceremony=PasskeyCeremony(challenges, ground.settings.issuer),
        recovery_codes=recovery_codes,
        second_factors=SecondFactors(ground.database, ground.clock),
        standing=ShowStanding(ground.database, passkeys, recovery_codes),
        sweep=SweepPasskeyChallenges(ground.database, ground.clock),
    )
