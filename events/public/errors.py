"""Pages that say why there is no page, and what to do; and the redirects beside them."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template import loader

from events import ledger
from events.public.conditional import CACHE_CONTROL
from events.public.frame import frame
from events.public.lost import ways_on
from events.vocabulary import DEFAULT_EDITION, EDITIONS, State

_log = logging.getLogger(__name__)


def moved(location: str) -> HttpResponse:
    """301 to *location*, a path with its escapes. Asked for anew each time: a merge can be undone."""
    response = HttpResponsePermanentRedirect(location)
    response.headers["Content-Length"] = "0"
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing was ever here, or it is not public; with what may have been meant."""
    edition = _edition(request)
    try:
        offered = ways_on(request.path_info, edition)
    except DatabaseError:
        _log.exception("The page “not found” offers nothing, as the database does not answer.")
        offered = {}
    return _say(404, edition, offered)


def gone(request: HttpRequest) -> HttpResponse:
    """410: the archive withdrew it."""
    return _say(410, _edition(request), {})


def removed_by_law(request: HttpRequest) -> HttpResponse:
    """451 (RFC 7725): removed for legal reasons."""
    return _say(451, _edition(request), {})


def closed(request: HttpRequest, state: str, event_id: int) -> HttpResponse:
    """410 or 451 for an event in this state, with the reason that was given to the public."""
    because = ledger.withdrawn_because(event_id)
    return _say(451 if state == State.LEGAL else 410, _edition(request), {"because": because})


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Asks nothing of the database or the cache."""
    return _say(500, _edition(request), {})


def _say(status: int, edition: str, shown: dict[str, Any]) -> HttpResponse:
    body = loader.get_template(f"{status}.html").render({**frame(edition), **shown})
    response = HttpResponse(body, status=status)
    response.headers["Cache-Control"] = "no-store" if status == 500 else CACHE_CONTROL
    return response


def _edition(request: HttpRequest) -> str:
    path = request.path_info
    return next(
        (
            row.code
            for row in EDITIONS.values()
            if row.prefix and (path == row.prefix or path.startswith(f"{row.prefix}/"))
        ),
        DEFAULT_EDITION,
    )


def absolute(path: str) -> str:
    """The full address of an escaped path."""
    return f"{settings.BASE_URL}{path}"
