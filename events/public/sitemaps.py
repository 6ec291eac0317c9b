"""What search engines read: sitemaps by month (sitemaps.org), the news sitemap, and OpenSearch."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import timezone
from django.views.decorators.http import require_safe

from events import ledger, queries, timeline
from events.formats.jsonld import headline
from events.formats.xml import allowed_characters
from events.public.conditional import answer, etag_of, remembered
from events.public.errors import absolute, not_found
from events.public.frame import frame
from events.public.ready import href
from events.vocabulary import DEFAULT_EDITION, EDITIONS

_XML: Final = "application/xml; charset=utf-8"
_OPENSEARCH: Final = "application/opensearchdescription+xml; charset=utf-8"
_SHORT_NAME_MOST: Final = 16
"""Characters of a name by OpenSearch 1.1."""
_COUNTED_FOR: Final = 600
"""Seconds for which the index of months may be older than the archive; the months themselves never are."""
_NEWS_DAYS: Final = 2
_NEWS_MOST: Final = 1_000
"""What search engines take of a news sitemap: two days, a thousand addresses."""


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """``/sitemap.xml``: one sitemap for each month of each edition."""
    months: list[tuple[str, dt.date, dt.datetime]] = remembered(
        "months", timeline.months_changed, seconds=_COUNTED_FOR
    )
    places = [
        {"url": absolute(f"/sitemap/{edition}-{month:%Y-%m}.xml"), "changed": changed}
        for edition, month, changed in months
    ]
    return _answer(request, "public/sitemap_index.xml", {"places": places})


@require_safe
def month_sitemap(request: HttpRequest, edition: str, year: str, month: str) -> HttpResponse:
    """``/sitemap/en-2004-02.xml``: the events of a month, each with when it really changed last."""
    try:
        first = dt.date(int(year), int(month), 1)
    except ValueError:
        return not_found(request)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    rows = timeline.month_events(edition, first, last) if edition in EDITIONS else []
    if not rows:
        return not_found(request)
    paths = ledger.addresses([event_id for event_id, _ in rows])
    places = [
        {"url": absolute(href(paths[event_id], ".html")), "changed": changed}
        for event_id, changed in rows
        if event_id in paths
    ]
    return _answer(request, "public/sitemap.xml", {"places": places})


@require_safe
def news_sitemap(request: HttpRequest) -> HttpResponse:
    """``/news-sitemap.xml``: what the last two days brought."""
    ids = timeline.added_since(timezone.now() - dt.timedelta(days=_NEWS_DAYS), limit=_NEWS_MOST)
    items = [
        {
            "url": absolute(href(event["address"], ".html")),
            "title": allowed_characters(headline(event["text"], 110)),
            "published": dt.datetime.fromisoformat(event["created"]),
            "lang": EDITIONS[event["edition"]].lang,
        }
        for event in queries.documents(ids)
    ]
    return _answer(request, "public/news_sitemap.xml", {"items": items, "name": settings.SITE_NAME})


@require_safe
def opensearch(request: HttpRequest, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/opensearch.xml``: how a browser searches here."""
    page = {**frame(edition), "short_name": settings.SITE_NAME[:_SHORT_NAME_MOST]}
    return _answer(request, "public/opensearch.xml", page, _OPENSEARCH)


def _answer(
    request: HttpRequest, template: str, page: Mapping[str, Any], content_type: str = _XML
) -> HttpResponse:
    return answer(
        request,
        etag=etag_of(template, sorted(page.items(), key=lambda pair: pair[0])),
        content_type=content_type,
        make=lambda: loader.get_template(template).render(dict(page)),
        key=f"machine {request.path_info}",
    )
