"""The rooms of the MES modules, built."""

from dataclasses import dataclass

from idp.ground import Ground
from idp.modules.administer import AdministerModules
from idp.modules.modules import Modules


@dataclass(frozen=True)
class ModuleRooms:
    """What others ask about modules."""

    catalogue: Modules
    administer: AdministerModules


def open_modules(ground: Ground) -> ModuleRooms:
    """Build them."""
    catalogue = Modules(ground.database, ground.clock, ground.versions)
    return ModuleRooms(catalogue, AdministerModules(ground.database, catalogue, ground.trail))
