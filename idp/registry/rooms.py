"""The rooms of the registered clients, built."""

from dataclasses import dataclass

from idp.ground import Ground
from idp.registry.client_keys import ClientKeys
from idp.registry.client_secrets import ClientSecrets
from idp.registry.clients import Clients
from idp.registry.disable_client import DisableClient
from idp.registry.initial_access_tokens import InitialAccessTokens
from idp.registry.register_client import RegisterClient
from idp.registry.registration_access_tokens import RegistrationAccessTokens
from idp.registry.registration_offer import RegistrationOffer
from idp.registry.rotate_secret import RotateSecret
from idp.registry.sector import CheckSector
from idp.registry.unused_clients import SweepUnusedClients
from idp.registry.update_client import EndGrants, UpdateClient


@dataclass(frozen=True)
class RegistryRooms:
    """What others ask the registry for."""

    clients: Clients
    client_keys: ClientKeys
    register: RegisterClient
    update: UpdateClient
    rotate_secret: RotateSecret
    disable: DisableClient
    initial_tokens: InitialAccessTokens
    registration_tokens: RegistrationAccessTokens
    registration_is_offered: RegistrationOffer
    sweep_unused: SweepUnusedClients


def open_registry(ground: Ground, end_grants: EndGrants) -> RegistryRooms:
    """Build them; `end_grants` ends what a client was granted, which is not ours to know."""
    it = ground
    kept, sector = ClientSecrets(it.secrets), CheckSector(it.outbound)
    clients = Clients(it.database, it.versions, kept)
    initial_tokens = InitialAccessTokens(it.database, it.clock, it.trail)
    return RegistryRooms(
        clients=clients,
        client_keys=ClientKeys(it.outbound, it.ephemeral, it.clock),
        register=RegisterClient(it.database, it.clock, it.trail, kept, sector),
        update=UpdateClient(it.database, it.clock, clients, it.trail, kept, sector, end_grants),
        rotate_secret=RotateSecret(it.database, it.clock, clients, it.trail, kept),
        disable=DisableClient(it.database, it.clock, it.trail, end_grants),
        initial_tokens=initial_tokens,
        registration_tokens=RegistrationAccessTokens(it.database, it.clock),
        registration_is_offered=RegistrationOffer(initial_tokens, it.versions, is_open=it.settings.registration.open),
        sweep_unused=SweepUnusedClients(it.database, it.clock, it.trail),
    )
