"""The rooms of the signing keys, built."""

from dataclasses import dataclass

from idp.ground import Ground
from idp.keyring.keyring import Keyring
from idp.keyring.list_keys import ListKeys
from idp.keyring.rotate import RotateKeys
from idp.keyring.withdraw import WithdrawKeys


@dataclass(frozen=True)
class KeyringRooms:
    """What others ask the keyring for."""

    keyring: Keyring
    listing: ListKeys
    rotation: RotateKeys
    withdrawal: WithdrawKeys


def open_keyring(ground: Ground) -> KeyringRooms:
    """Build them."""
    it = ground
    return KeyringRooms(
        keyring=Keyring(it.database, it.clock, it.secrets, it.versions, it.settings.keys),
        listing=ListKeys(it.database, it.clock, it.settings.keys),
        rotation=RotateKeys(it.database, it.clock, it.secrets, it.trail, it.settings.keys),
        withdrawal=WithdrawKeys(it.database, it.clock, it.secrets, it.trail, it.settings.keys),
    )
