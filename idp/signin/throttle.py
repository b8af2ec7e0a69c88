"""Counts what comes from one address, so that one machine cannot try many people (SECURITY T4, R8)."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from idp.clock import Clock
from idp.ground import Ground
from idp.store.ephemeral import EphemeralStore


@dataclass(frozen=True, slots=True)
class OverLimit:
    """It was tried too often in this window."""

    retry_after: int
    is_first: bool
    """Whether this is the first try over the limit: the one that goes on record."""


@dataclass(frozen=True)
class KnownNetworks:
    """Networks behind which many people sit: an agency's proxy must not wait like one machine that tries many people."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    times: int = 1
    """How many times as much each address there may do."""

    def factor(self, address: str) -> int:
        """Return how many times as much `address` may do as an unknown one."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return 1
        return self.times if any(parsed in network for network in self.networks) else 1


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
    known: KnownNetworks = KnownNetworks()

    def count(self, address: str) -> OverLimit | None:
        """Count a try. Raises StoreUnavailable: a limit that cannot be counted is not open."""
        most = self.most * self.known.factor(address)
        return _counted(self.store, self.clock, f"{self.kind}:{network_of(address)}", most, self.window_seconds)


def people_throttle(ground: Ground, kind: str, most: int, window_seconds: int) -> AddressThrottle:
    """Return a throttle of what people do who come from known networks by the thousand."""
    limits = ground.settings.throttle
    known = KnownNetworks(limits.known_networks, limits.known_networks_times)
    return AddressThrottle(ground.ephemeral, ground.clock, kind, most, window_seconds, known)


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
