"""A limit on what one sender may send, without anything that says who they are.

Counted is a keyed hash of the day and the sender's address, cut short; it stands in the cache for a day
at most, under a name of its own each day. Neither the address nor the hash reaches database or log.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import logging
import threading
from collections import Counter
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

DAILY_MOST: Final = 10
"""How much one sender may send in a day (UTC)."""
_A_DAY: Final = 24 * 3600
_KNOWN_MOST: Final = 10_000
_V6_NETWORK: Final = 64
"""A household's share of the addresses of IPv6: one sender."""
_log = logging.getLogger(__name__)


_lock = threading.Lock()
_here: Counter[str] = Counter()
"""The count of this process, for when the cache fails."""


def take_one(request: HttpRequest) -> bool:
    """Count one more from this request's sender; whether they may send it."""
    slot = _slot(request)
    try:
        cache.add(slot, 0, _A_DAY)
        count: int = cache.incr(slot)
    except Exception:  # noqa: BLE001  each backend raises its own; ValueError: the entry went meanwhile
        _log.warning("The cache failed; senders are counted in this process alone.", exc_info=True)
        count = _count_here(slot)
    return count <= DAILY_MOST


def _count_here(slot: str) -> int:
    with _lock:
        if len(_here) >= _KNOWN_MOST:
            _here.clear()
        _here[slot] += 1
        return _here[slot]


def _slot(request: HttpRequest) -> str:
    day: dt.date = timezone.now().date()
    digest = salted_hmac(f"events.public.senders {day.isoformat()}", _network(request), algorithm="sha256")
    return f"sender:{digest.hexdigest()[:24]}"


def _network(request: HttpRequest) -> str:
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
