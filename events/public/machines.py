"""What machines ask for: probes and robots.txt."""

from __future__ import annotations

import logging

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.decorators.http import require_safe

from events.models import Sequence

_log = logging.getLogger(__name__)


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """``/livez``: the process answers."""
    return _plain("ok\n")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """``/readyz``: the database answers and is migrated; else 503."""
    try:
        there = Sequence.objects.exists()
    except DatabaseError:
        _log.exception("Not ready: the database does not answer.")
        there = False
    return _plain("ok\n") if there else _plain("the database is not ready\n", status=503)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """``/robots.txt``: everything public may be read."""
    response = _plain(loader.get_template("public/robots.txt").render({}))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _plain(text: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
