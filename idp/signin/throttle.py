"""Counts sign-ins from one address, so that one machine cannot try many people's passwords (SECURITY T4)."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from idp.clock import Clock
from idp.settings import Throttle
from idp.store.ephemeral import EphemeralStore

WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class OverLimit:
    """This address has tried too often in this window."""

    retry_after: int
    is_first: bool
    """Whether this is the first try over the limit: the one that goes on record."""


@dataclass(frozen=True)
class AddressThrottle:
    """Never touches an account's own counter."""

    store: EphemeralStore
    clock: Clock
    settings: Throttle

    def count(self, address: str) -> OverLimit | None:
        """Count a try. Raises StoreUnavailable: a limit that cannot be counted is not open."""
        tries = self.store.count(f"sign-ins:{_network(address)}", WINDOW_SECONDS)
        over = tries - self.settings.sign_ins_per_minute
        if over <= 0:
            return None
        return OverLimit(WINDOW_SECONDS - self.clock.now() % WINDOW_SECONDS, is_first=over == 1)


def _network(address: str) -> str:
    """An IPv6 customer has a whole /64, so that is what counts."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)
