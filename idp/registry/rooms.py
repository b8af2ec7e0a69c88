"""The rooms of the registered clients, built."""

from dataclasses import dataclass

from idp.ground import Ground
from idp.registry.clients import Clients
from idp.registry.disable_client import DisableClient
from idp.registry.register_client import RegisterClient
from idp.registry.rotate_secret import RotateSecret


@dataclass(frozen=True)
class RegistryRooms:
    """What others ask the registry for."""

    clients: Clients
    register: RegisterClient
    rotate_secret: RotateSecret
    disable: DisableClient


def open_registry(ground: Ground) -> RegistryRooms:
    """Build them."""
    it = ground
    clients = Clients(it.database, it.versions)
    return RegistryRooms(
        clients=clients,
        register=RegisterClient(it.database, it.clock, it.trail),
        rotate_secret=RotateSecret(it.database, it.clock, clients, it.trail),
        disable=DisableClient(it.database, it.clock, it.trail),
    )
