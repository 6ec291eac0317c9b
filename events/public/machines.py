"""What machines ask for: probes and robots.txt."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.models import Sequence
from events.public.errors import not_found

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
    return _kept("public/robots.txt", {})


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """``/.well-known/security.txt`` (RFC 9116), where ``SECURITY_CONTACT`` says whom to tell; else 404."""
    if not settings.SECURITY_CONTACT:
        return not_found(request)
    now = timezone.now()
    # The first of a month half a year ahead: the same answer for a month, and never expired.
    expires = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=190)
    return _kept(
        "public/security.txt", {"contact": settings.SECURITY_CONTACT, "expires": expires.replace(day=1)}
    )


def _kept(template: str, page: dict[str, Any]) -> HttpResponse:
    """A page of plain text that may be kept for an hour."""
    response = _plain(loader.get_template(template).render({"base_url": settings.BASE_URL, **page}))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _plain(text: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
