"""Limits on what one sender may do, without anything that says who they are.

Counted is a keyed hash of the stretch of time and the sender, cut short; it stands in the cache for that
stretch at most, under a name of its own each time. Neither an address nor the hash reaches database or log.
Reading is never counted (architecture.md, decision 10).
"""

from __future__ import annotations

import ipaddress
import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

_KNOWN_MOST: Final = 10_000
_V6_NETWORK: Final = 64
"""A household's share of the addresses of IPv6: one sender."""
_log = logging.getLogger(__name__)

_lock = threading.Lock()
_here: Counter[str] = Counter()
"""The counts of this process, for when the cache fails."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much of *what* one sender may do in so many *seconds*, counted from midnight (UTC)."""

    what: str
    most: int
    seconds: int

    def take(self, sender: str) -> bool:
        """Count one more; whether the sender may still do it."""
        slot = self._slot(sender)
        try:
            cache.add(slot, 0, self.seconds)
            count: int = cache.incr(slot)
        except Exception:  # noqa: BLE001  each backend raises its own; ValueError: the entry went meanwhile
            _log.warning("The cache failed; senders are counted in this process alone.", exc_info=True)
            count = _count_here(slot)
        return count <= self.most

    @property
    def wait(self) -> int:
        """Seconds until everybody may again."""
        return self.seconds - int(time.time()) % self.seconds

    def _slot(self, sender: str) -> str:
        stretch = int(time.time()) // self.seconds
        digest = salted_hmac(f"events.senders {self.what} {stretch}", sender, algorithm="sha256")
        return f"sender:{digest.hexdigest()[:24]}"


def sender_of(request: HttpRequest) -> str:
    """The network that a request came from: an address of IPv4, a /64 of IPv6.

    Behind a proxy it is the last one that ``X-Forwarded-For`` names, the one that the proxy wrote.
    """
    said = str(request.META.get("REMOTE_ADDR") or "")
    if settings.BEHIND_PROXY:
        said = str(request.META.get("HTTP_X_FORWARDED_FOR") or said).rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), _V6_NETWORK), strict=False))
    return str(address)


def _count_here(slot: str) -> int:
    with _lock:
        if len(_here) >= _KNOWN_MOST:
            _here.clear()
        _here[slot] += 1
        return _here[slot]
