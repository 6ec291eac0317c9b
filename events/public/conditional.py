"""Answers that a reader's or a proxy's copy can be checked against, and the cache of rendered pages.

A page's validator is made of what the page is made of (versions of rows, and the build), never of
the rendered bytes, so that "not modified" costs a look at versions and no rendering. The cache
of pages is asked only after that look: a page from it is never older than the database.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache as site_cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import http_date, parse_etags

CACHE_CONTROL: Final = "public, max-age=0, must-revalidate"
_KEPT_FOR: Final = 86_400
_REST_AFTER_FAILURE: Final = 10.0
"""Seconds without asking the cache after it failed, so that a frozen one slows one request only."""
_MADE_BY: Final = ("events", "templates", "static/css", "static/icons")
_NO_PART: Final = (
    "events/actions/", "events/admin/", "events/api/", "events/management/", "events/migrations/",
    "templates/admin/", "templates/api/",
)  # fmt: skip
"""What lies there and makes no public page."""
_KINDS: Final = frozenset({".html", ".css", ".py", ".mo", ".svg", ".txt", ".xml"})
_log = logging.getLogger(__name__)


@cache
def build_id() -> str:
    """Names what renders the pages: the code and templates they are made by, and the site's settings."""
    digest = hashlib.blake2b(digest_size=8)
    for value in (settings.SITE_NAME, settings.BASE_URL, settings.STATIC_URL):
        digest.update(f"{value}\0".encode())
    root = Path(settings.BASE_DIR)
    for folder in _MADE_BY:
        for file in sorted((root / folder).rglob("*.*")):
            if file.suffix in _KINDS and not file.relative_to(root).as_posix().startswith(_NO_PART):
                digest.update(file.read_bytes())
    return digest.hexdigest()


def etag_of(*parts: Any) -> str:
    """A weak validator over *parts* (plain values with a stable ``repr``) and the build."""
    digest = hashlib.blake2b(repr(parts).encode("utf-8", "backslashreplace"), digest_size=12)
    digest.update(build_id().encode())
    return f'W/"{digest.hexdigest()}"'


def answer(
    request: HttpRequest,
    *,
    etag: str,
    content_type: str,
    make: Callable[[], str | bytes],
    key: str,
    modified: dt.datetime | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """304 if the reader's copy is good, else the page from the cache or from *make*.

    *key* names the page's place in the cache, format included; a cached page counts only with this
    *etag*. Pages that can be asked for without end (a list from any place on, any moment of the past, any
    search) share one place, so that nobody fills the cache by asking. *modified*: when the page's own
    content last changed, for those who want to know how old it is.
    """
    response: HttpResponse
    if _has_good_copy(request, etag):
        response = HttpResponseNotModified()
    else:
        slot = _slot(key)
        kept = _cached(slot)
        if isinstance(kept, tuple) and len(kept) == 2 and kept[0] == etag:
            body = kept[1]
        else:
            made = make()
            body = made if isinstance(made, bytes) else made.encode("utf-8", "replace")
            _keep(slot, (etag, body))
        response = HttpResponse(body, content_type=content_type)
        response.headers["Content-Length"] = str(len(body))
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = CACHE_CONTROL
    if modified is not None:
        response.headers["Last-Modified"] = http_date(modified.timestamp())
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def remembered(key: str, make: Callable[[], Any], *, seconds: int) -> Any:
    """What *make* gave within the last *seconds*, for figures that cost more than a page may."""
    slot = _slot(f"remembered {build_id()} {key}")
    kept = _cached(slot)
    if kept is None:
        kept = make()
        _keep(slot, kept, seconds)
    return kept


def _has_good_copy(request: HttpRequest, etag: str) -> bool:
    """Whether ``If-None-Match`` names the page as it is (RFC 9110, 13.1).

    ``If-Modified-Since`` alone is passed over: what stands around an event and how pages are made
    change without a time of their own.
    """
    sent = request.META.get("HTTP_IF_NONE_MATCH")
    if not sent:
        return False
    plain = etag.removeprefix("W/")
    known = parse_etags(sent)
    return "*" in known or any(tag.removeprefix("W/") == plain for tag in known)


@contextmanager
def cache_left_alone() -> Iterator[None]:
    """In this process no page is taken from the cache or put into it: for who makes each page once."""
    before, _Rest.until = _Rest.until, math.inf
    try:
        yield
    finally:
        _Rest.until = before


class _Rest:
    """Until when the cache is left alone after it failed (monotonic seconds)."""

    until = 0.0


def _slot(key: str) -> str:
    return "page:" + hashlib.blake2b(key.encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


def _cached(slot: str) -> Any:
    if time.monotonic() < _Rest.until:
        return None
    try:
        return site_cache.get(slot)
    except Exception:  # noqa: BLE001  each backend raises its own; no page may fail for its cache
        _leave_alone()
        return None


def _keep(slot: str, value: Any, seconds: int = _KEPT_FOR) -> None:
    if time.monotonic() < _Rest.until:
        return
    try:
        site_cache.set(slot, value, seconds)
    except Exception:  # noqa: BLE001  as above
        _leave_alone()


def _leave_alone() -> None:
    _Rest.until = time.monotonic() + _REST_AFTER_FAILURE
    _log.warning(
        "The page cache failed; pages are made anew for %d seconds.", _REST_AFTER_FAILURE, exc_info=True
    )
