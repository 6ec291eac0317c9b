"""What counts as a public address."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.fetching.addresses import is_public, is_within, read_address, read_networks

_CLOSED = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1
172.31.255.255 192.0.0.170 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1
239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:8.8.8.8 64:ff9b::7f00:1 64:ff9b::8.8.8.8
64:ff9b:1::1 100::1 2001::1 2001:0:53aa:64c::1 2001:10::1 2001:db8::1 2002:7f00:1::1 2002:a9fe:a9fe::1
3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1
"""
_OPEN = """
8.8.8.8 1.1.1.1 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 93.184.216.34 2606:4700::1111
2a00:1450:4001::1
"""


@pytest.mark.parametrize("text", _CLOSED.split())
def test_special_addresses_are_not_public(text: str) -> None:
    assert not is_public(read_address(text))


@pytest.mark.parametrize("text", _OPEN.split())
def test_ordinary_addresses_are_public(text: str) -> None:
    assert is_public(read_address(text))


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_nothing_that_python_calls_special_is_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    special = (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )
    assert not (special and is_public(address))


def test_an_allowed_network_is_not_reached_through_a_mapped_address() -> None:
    loopback = read_networks(["127.0.0.0/8", " ::1/128 ", ""])
    assert is_within(read_address("127.1.2.3"), loopback)
    assert is_within(read_address("::1"), loopback)
    assert not is_within(read_address("::ffff:127.0.0.1"), loopback)
    assert not is_within(read_address("10.0.0.1"), loopback)
