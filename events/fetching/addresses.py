"""Which IP addresses are public: where a stranger's URL may lead us.

By the special-purpose registries of IANA (RFC 6890 and its successors), written out here because
``ipaddress.is_global`` changed its mind between releases of Python. Whatever leads on to an IPv4
address that was never looked at (mapped, 6to4, Teredo, NAT64) is not public either.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_CLOSED_4: Final = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # behind a carrier's NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local; metadata of clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_GLOBAL_6: Final = IPv6Network("2000::/3")
"""All that is routed. Loopback, mapped IPv4, NAT64, unique local, link-local and multicast lie outside."""
_CLOSED_6: Final = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",
        "3fff::/20",  # documentation
    )
)


def is_public(address: Address) -> bool:
    """Whether the address is an ordinary one of the Internet."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_4)
    if address.scope_id is not None or address not in _GLOBAL_6:
        return False
    return not any(address in network for network in _CLOSED_6)


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    """Whether the address is in one of these networks; one of IPv4 written as IPv6 never is."""
    return any(address.version == network.version and address in network for network in networks)


def read_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks as the settings write them (``127.0.0.0/8``); raises ``ValueError`` for anything else."""
    return tuple(ip_network(text.strip()) for text in texts if text.strip())


def read_address(text: str) -> Address:
    """An address as the resolver gives it; raises ``ValueError``."""
    return ip_address(text)
