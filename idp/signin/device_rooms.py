"""The rooms of signing in on a device that has no browser, built."""

from dataclasses import dataclass

from idp.ground import Ground
from idp.registry.clients import Clients
from idp.signin.decide_device import DecideDevice
from idp.signin.enter_user_code import HOUR, EnterUserCode
from idp.signin.flow import SignInFlow
from idp.signin.throttle import AddressThrottle


@dataclass(frozen=True)
class DeviceRooms:
    """What the pages of a device ask."""

    enter: EnterUserCode
    decide: DecideDevice


def open_devices(ground: Ground, clients: Clients, flow: SignInFlow) -> DeviceRooms:
    """Build them."""
    limits = ground.settings.device
    return DeviceRooms(
        enter=EnterUserCode(
            ground.database,
            ground.ephemeral,
            ground.clock,
            ground.secrets,
            clients,
            AddressThrottle(ground.ephemeral, ground.clock, "user-codes", limits.guesses_per_hour, HOUR),
            limits.guesses_per_hour_signed_in,
            ground.trail,
        ),
        decide=DecideDevice(ground.database, ground.clock, clients, flow, ground.trail),
    )
