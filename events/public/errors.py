"""Pages that say why there is no page, and what to do; and the redirects beside them."""

from __future__ import annotations

import logging
import re
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template import loader

from events.public.addresses import read_date
from events.public.conditional import CACHE_CONTROL
from events.public.frame import frame
from events.slugs import day_path
from events.vocabulary import DEFAULT_EDITION, EDITIONS

_DAY: Final = re.compile(r"/news/(\d{4})/(\d{1,2})/(\d{1,2})(?:/|$)", re.ASCII)
_log = logging.getLogger(__name__)


def moved(location: str) -> HttpResponse:
    """301 to *location*, a path with its escapes. Asked for anew each time: a merge can be undone."""
    response = HttpResponsePermanentRedirect(location)
    response.headers["Content-Length"] = "0"
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing was ever here, or it is not public."""
    return _say(request, 404)


def gone(request: HttpRequest) -> HttpResponse:
    """410: the archive withdrew it."""
    return _say(request, 410)


def removed_by_law(request: HttpRequest) -> HttpResponse:
    """451 (RFC 7725): removed for legal reasons."""
    return _say(request, 451)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Asks nothing of the database or the cache."""
    return _say(request, 500)


def _say(request: HttpRequest, status: int) -> HttpResponse:
    path = request.path_info
    edition = next(
        (row.code for row in EDITIONS.values() if row.prefix and path.startswith(f"{row.prefix}/")),
        DEFAULT_EDITION,
    )
    body = loader.get_template(f"{status}.html").render({**frame(edition), "day_href": _day(path, edition)})
    response = HttpResponse(body, status=status)
    response.headers["Cache-Control"] = "no-store" if status == 500 else CACHE_CONTROL
    return response


def _day(path: str, edition: str) -> str:
    """The page of the day that *path* lies in, "" where it lies in none or is that page itself."""
    match = _DAY.search(path)
    date = read_date(*match.groups()) if match else None
    day = "" if date is None else EDITIONS[edition].prefix + day_path(date)
    return "" if path == day else day


def absolute(path: str) -> str:
    """The full address of an escaped path."""
    return f"{settings.BASE_URL}{path}"
