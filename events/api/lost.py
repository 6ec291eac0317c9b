"""Addresses under ``/api/`` that lead nowhere, and the ways on from them."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote

from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from rest_framework.request import Request

from events.api import problems
from events.api.base import ArchiveView

_SAFE: Final = frozenset({"GET", "HEAD"})
_SLASHES: Final = re.compile("//+")
_HINT: Final = "Addresses of this API end with a slash, or with a suffix instead; /api/v1/ lists them all."


class NothingView(ArchiveView):
    """Every address under ``/api/`` that nothing else answers.

    With a slash too few or too many it leads on to the address that was meant, where that changes
    nothing there; any other is answered with a problem, whatever the method and the format.
    """

    schema = None

    def initial(self, request: Request, *_args: Any, **_kwargs: Any) -> None:
        """Neither method nor format matter where nothing is."""
        meant = _meant(request.path)
        if meant is None:
            raise problems.Problem(problems.NOT_FOUND, _HINT)
        if request.method not in _SAFE:
            raise problems.Problem(problems.NOT_FOUND, f"You may mean {meant}")

    def get(self, request: Request) -> HttpResponse:
        """301 to what was meant, with the same query."""
        query = request.META.get("QUERY_STRING", "")
        address = quote(_meant(request.path) or "")
        return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)


def _meant(path: str) -> str | None:
    """The address that is there and differs from *path* in its slashes only."""
    single = _SLASHES.sub("/", path)
    for tried in (single, f"{single}/", single.rstrip("/")):
        if tried != path:
            try:
                found = resolve(tried)
            except Resolver404:
                continue
            if found.app_name == "api" and getattr(found.func, "view_class", None) is not NothingView:
                return tried
    return None
