"""``/sources/``: who is cited; ``/sources/ID/``: a publisher's documents with the events that cite them.

The number is the publisher's id. A single document has no page of its own: it stands under its publisher,
and its own address leads to it.
"""

from __future__ import annotations

import string
from itertools import groupby
from typing import Any, Final
from urllib.parse import unquote, urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events import publishers
from events.filter_fields import parse_id
from events.models import Publisher, Source
from events.public.cited import original_and_copy, own_description
from events.public.conditional import answer, etag_of, remembered
from events.public.errors import absolute, moved, not_found
from events.public.frame import FORMATS, card, date_link, render
from events.public.words import count_words, words
from events.search.language import storable
from events.text.urls import host_of
from events.vocabulary import DEFAULT_EDITION, EDITIONS

_START: Final = "from"
_AFTER: Final = "after"
_NAME_MOST: Final = 200
_ADDRESS_MOST: Final = 80
_COUNTED_FOR: Final = 60
"""Seconds for which counts may be older than the archive."""


@require_safe
def sources_page(request: HttpRequest, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/sources/``: most cited of late, and all by name; ``?from=NAME`` begins there."""
    start = storable(request.GET.get(_START, ""))[:_NAME_MOST].strip()
    rows, following = publishers.cited_publishers(start)
    path = f"{EDITIONS[edition].prefix}/sources/"
    cited: publishers.Cited = remembered(
        f"cited {edition}", lambda: publishers.most_cited(edition), seconds=_COUNTED_FOR
    )
    page = {
        "canonical": absolute(path) + (f"?{urlencode({_START: start})}" if start else ""),
        "path": path,
        "start": start,
        "letters": [
            {"href": f"{path}?{_START}={letter}", "label": letter} for letter in string.ascii_uppercase
        ],
        "most": [
            {"href": f"{path}{pk}/", "name": name, "count": f"{count:,}"} for pk, name, count in cited.rows
        ]
        if not start
        else [],
        "counted": f"{words(edition)['newest_counted']} {count_words(edition, cited.counted)}"
        if cited.more and not start
        else "",
        "publishers": [{"href": f"{path}{pk}/", "name": name} for pk, name in rows],
        "more_href": f"{path}?{urlencode({_START: following})}" if following else "",
    }
    return answer(
        request,
        etag=etag_of("sources", page),
        content_type=FORMATS["html"],
        make=lambda: render("public/sources.html", edition, page),
        key=f"sources {edition}",  # only the last one is kept, as for searches
    )


@require_safe
def publisher_page(request: HttpRequest, publisher_id: str, edition: str = DEFAULT_EDITION) -> HttpResponse:
    """``/sources/ID/``; ``?after=KEY`` goes on with older events. 404 where no public event cites it.

    A merged publisher leads to the one it became part of, a page without events of its edition to the
    edition that has some.
    """
    number = int(publisher_id)
    publisher = publishers.find_publisher(number) if number < 2**63 else None
    if publisher is None:
        return not_found(request)
    path = _path(edition, publisher)
    if request.path_info != path:
        return moved(path)
    after = parse_id(request.GET.get(_AFTER, ""))
    events, following = publishers.citing_events(publisher, edition, after)
    if not events and following is None:
        if after is not None:
            return moved(path)
        elsewhere = sorted(publishers.counts_citing(publisher).keys() - {edition})
        return moved(_path(elsewhere[0], publisher)) if elsewhere else not_found(request)
    page = _shown(edition, publisher, events, path)
    if after is None:
        page["count"] = count_words(edition, publishers.counts_citing(publisher).get(edition, 0))
    else:
        page |= {"canonical": f"{page['canonical']}?{_AFTER}={after}", "newer_href": path}
    page["older_href"] = f"{path}?{_AFTER}={following}" if following is not None else ""
    return answer(
        request,
        etag=etag_of("publisher", edition, page),
        content_type=FORMATS["html"],
        make=lambda: render("public/publisher.html", edition, page),
        key=f"publisher {edition} {publisher.pk} {after is None}",
    )


def _shown(edition: str, publisher: Publisher, events: list[dict[str, Any]], path: str) -> dict[str, Any]:
    documents = publishers.documents_cited(publisher, [event["id"] for event in events])
    return {
        "canonical": absolute(path),
        "sources_href": f"{EDITIONS[edition].prefix}/sources/",
        "name": publisher.name,
        "hosts": publishers.hosts_of(publisher),
        "days": [
            {
                "date": date_link(edition, iso),
                "cards": [
                    {**card(event), "documents": [_document(row) for row in documents.get(event["id"], ())]}
                    for event in of_day
                ],
            }
            for iso, of_day in groupby(events, key=lambda event: event["date"])
        ],
    }


def _document(source: Source) -> dict[str, Any]:
    """A document as its publisher titles and describes it; ``kept``: where an archive keeps a copy."""
    original, kept = original_and_copy(source.url)
    return {
        "href": original,
        "name": source.title or _spoken(original),
        "host": host_of(original) if source.title else "",
        "description": own_description(source.description),
        "kept": kept,
    }


def _spoken(url: str) -> str:
    """An address as people read it: without scheme and escapes, cut short."""
    said = f"{host_of(url)}{unquote(urlsplit(url).path).rstrip('/')}"
    return said if len(said) <= _ADDRESS_MOST else f"{said[:_ADDRESS_MOST]}…"


def _path(edition: str, publisher: Publisher) -> str:
    return f"{EDITIONS[edition].prefix}/sources/{publisher.pk}/"
