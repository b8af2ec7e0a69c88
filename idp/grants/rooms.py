"""The rooms of grants and consents, built."""

from dataclasses import dataclass

from idp.grants.connections import Connections
from idp.grants.consents import Consents
from idp.grants.sweep_grants import SweepGrants
from idp.ground import Ground


@dataclass(frozen=True)
class GrantRooms:
    """What others ask about what was granted."""

    consents: Consents
    connections: Connections
    sweep: SweepGrants


def open_grants(ground: Ground) -> GrantRooms:
    """Build them."""
    return GrantRooms(
        consents=Consents(ground.database, ground.clock),
        connections=Connections(ground.database, ground.clock),
        sweep=SweepGrants(ground.database, ground.clock, ground.settings.session.absolute_seconds),
    )
