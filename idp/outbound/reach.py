"""Which IP addresses we call: public ones, and those that a setting names (SECURITY 1.6 A14; RFC 6890, RFC 4291).

Whoever may register an address with us must not make us knock at doors that only we can reach: this machine, the network
behind it, or the address where clouds hand out credentials.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from idp.outbound.fault import OutboundFault
from idp.outbound.target import Address, read_target

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All other IPv6 is local, reserved, or an IPv4 address in disguise (`::ffff:…`, `::…`, `64:ff9b::…`)."""
_NEVER_PUBLIC: tuple[Network, ...] = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # shared by carriers (RFC 6598)
        "168.63.129.16/32",  # Azure's own services, seen from inside a machine there
        "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
        "2001::/23",  # Teredo and other protocols that carry another address (RFC 2928)
        "2002::/16",  # 6to4, which carries an IPv4 address (RFC 3056)
        "3fff::/20",  # documentation (RFC 9637)
    )
)


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be called."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, allow: Iterable[str]) -> "Reach":
        """Read the setting: IP addresses, networks such as `10.20.0.0/16`, and host names. Raises OutboundFault."""
        networks, hosts = list[Network](), set[str]()
        for entry in allow:
            try:
                networks.append(ipaddress.ip_network(entry))
            except ValueError:
                try:
                    hosts.add(read_target(f"https://{entry.lower()}").host)
                except OutboundFault as fault:
                    raise OutboundFault(f"{entry!r} is neither a host nor a network") from fault
                if any(character in entry for character in "/:?"):
                    raise OutboundFault(f"{entry!r} is neither a host nor a network") from None
        return cls(tuple(networks), frozenset(hosts))

    def names(self, host: str, address: Address) -> bool:
        """Whether a setting names this host or address."""
        return host in self.hosts or any(address in network for network in self.networks)

    def may_call(self, host: str, address: Address) -> bool:
        """Whether `address`, to which `host` was resolved, may be called."""
        return is_public(address) or self.names(host, address)


def is_public(address: Address) -> bool:
    """Whether anybody on the Internet could call this address, and it means no other one."""
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    special = any(address in network for network in _NEVER_PUBLIC)
    return address.is_global and not address.is_multicast and not address.is_reserved and not special
