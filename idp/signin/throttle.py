"""Counts what comes from one address, so that one machine cannot try many people (SECURITY T4, R8)."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from idp.clock import Clock
from idp.store.ephemeral import EphemeralStore


@dataclass(frozen=True, slots=True)
class OverLimit:
    """It was tried too often in this window."""

    retry_after: int
    is_first: bool
    """Whether this is the first try over the limit: the one that goes on record."""


@dataclass(frozen=True)
class AddressThrottle:
    """Never touches an account's own counter."""

    store: EphemeralStore
    clock: Clock
    kind: str
    """What is counted: throttles of one kind share their counters."""
    most: int
    """How many an address has in each window of `window_seconds`."""
    window_seconds: int

    def count(self, address: str) -> OverLimit | None:
        """Count a try. Raises StoreUnavailable: a limit that cannot be counted is not open."""
        return _counted(self.store, self.clock, f"{self.kind}:{network_of(address)}", self.most, self.window_seconds)


@dataclass(frozen=True)
class TotalThrottle:
    """Counts what comes from everybody together, where an attacker with many addresses must not do more than one with one."""

    store: EphemeralStore
    clock: Clock
    kind: str
    most: int
    window_seconds: int

    def count(self) -> OverLimit | None:
        """Count a try. Raises StoreUnavailable."""
        return _counted(self.store, self.clock, self.kind, self.most, self.window_seconds)


def _counted(store: EphemeralStore, clock: Clock, key: str, most: int, window_seconds: int) -> OverLimit | None:
    over = store.count(key, window_seconds) - most
    if over <= 0:
        return None
    return OverLimit(window_seconds - clock.now() % window_seconds, is_first=over == 1)


def network_of(address: str) -> str:
    """Return what counts as one place that requests come from: an IPv6 customer has a whole /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)
