"""``stats/``: the archive in figures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse
from rest_framework.request import Request

from events import catalogue
from events.api import describe
from events.api.single import SingleView
from events.formats.serializers.stats import StatsSerializer

_KEPT_FOR: Final = 60.0
"""Seconds for which the figures may be older than the archive."""


class _Kept:
    """What *make* gave last, for a while; one thread makes it anew while the others wait."""

    def __init__(self, make: Callable[[], dict[str, Any]]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._until = 0.0
        self._value: dict[str, Any] = {}

    def get(self) -> dict[str, Any]:
        """The figures."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._value = self._make()
                self._until = time.monotonic() + _KEPT_FOR
            return self._value

    def forget(self) -> None:
        """Count anew the next time."""
        self._until = 0.0


kept: Final = _Kept(catalogue.figures)


class StatsView(SingleView):
    """How much there is that the public may see."""

    parameters = ()

    @describe.plain(
        "stats",
        "stats",
        StatsSerializer,
        "The archive in figures",
        "Counted once a minute at most; `counted` says when.",
        [],
    )
    def get(self, request: Request) -> HttpResponse:
        """Counts, by edition and category too."""
        self.wanted(request)
        return self.single(request, kept.get())
