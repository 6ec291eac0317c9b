"""The page of one event, in all its formats, and the redirects that lead to it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from events import contexts, ledger, queries
from events.contexts import Beside, Neighbours
from events.formats.cite import bibtex, plain_citation, ris, wikipedia_citation
from events.formats.document import detail, detail_json
from events.formats.jsonld import headline, news_article, script_data
from events.formats.markdown import event_markdown
from events.formats.ninjs import MEDIA_TYPE, closed_ninjs, event_ninjs
from events.formats.xml import event_xml
from events.public.addresses import (
    Place,
    find_cut,
    find_place,
    follow,
    present_place,
    read_date,
)
from events.public.cited import shown_citation
from events.public.conditional import CACHE_CONTROL, answer, etag_of
from events.public.errors import absolute, closed, moved, not_found
from events.public.frame import FORMATS, alternates, date_link, render
from events.public.memento import links_of
from events.public.ready import href, moment, name, ready
from events.public.words import day_words, grade_word, words
from events.related.reasons import for_readers, words_shared
from events.slugs import RESERVED, removed_slug
from events.text.urls import web
from events.vocabulary import EDITIONS, State

REFERENCES: Final = {
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
}
"""The event as a reference, for programs that keep them."""
NEWSROOM: Final = {"ninjs": MEDIA_TYPE}
"""The event for newsrooms' systems, which ask the live site."""
_LONG: Final = 280
_LONG_CJK: Final = 110
"""From how many signs on a text is set smaller, as one that is read and not seen at a glance."""
_BY_MEDIA_TYPE: Final = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "md",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
    MEDIA_TYPE: "ninjs",
}
_TYPES: Final = FORMATS | REFERENCES | NEWSROOM


@require_safe
def event_page(
    request: HttpRequest, year: str, month: str, day: str, name: str, edition: str | None = None
) -> HttpResponse:
    """``/news/2004/02/9/SLUG`` with a suffix or, negotiated, without."""
    slug, dot, suffix = name.rpartition(".")
    if not dot or suffix not in _TYPES:
        slug, suffix = name, ""
    date = read_date(year, month, day)
    if date is None or slug.lower() in RESERVED:
        return not_found(request)
    place = find_place(date, slug, edition) or find_place(date, removed_slug(date, slug), edition)
    if place is None or place.state in (State.DRAFT, State.HELD):
        place = find_cut(date, slug, edition) if place is None else None
        return _elsewhere(request, place, suffix)
    asked_as = (EDITIONS[edition].prefix if edition else "", month, day)
    meant_as = (EDITIONS[place.edition].prefix, f"{date.month:02d}", str(date.day))
    if not place.current or place.state == State.MERGED or asked_as != meant_as:
        return _elsewhere(request, place, suffix)
    return _show(request, place, suffix)


@require_safe
def reference_file(request: HttpRequest, **address: str) -> HttpResponse:
    """``/news/2004/02/9/SLUG.bib`` and ``.ris``: as :func:`event_page`, and no page of the static site."""
    return event_page(request, **address)


@require_safe
def newsroom_file(request: HttpRequest, **address: str) -> HttpResponse:
    """``/news/2004/02/9/SLUG.ninjs``: as :func:`event_page`, and on the live site only."""
    return event_page(request, **address)


@require_safe
def short_address(request: HttpRequest, event_id: str) -> HttpResponse:
    """``/e/ID``: 301 to the event's present address."""
    number = int(event_id)
    place = present_place(number) if number < 2**63 else None
    return _elsewhere(request, place, "html")


def _elsewhere(request: HttpRequest, place: Place | None, suffix: str) -> HttpResponse:
    """Redirect to where *place* leads in the end, or say why there is nothing to read."""
    target = follow(place) if place else None
    if target is None or target.state in (State.DRAFT, State.HELD):
        return not_found(request)
    if target.state != State.PUBLISHED:
        return _closed(request, target, suffix)
    return moved(href(target.path, f".{suffix}" if suffix else ""))


def _closed(request: HttpRequest, place: Place, suffix: str) -> HttpResponse:
    """410 or 451: a page that says why; to newsrooms' systems an item that is to be taken back."""
    if suffix not in NEWSROOM:
        return closed(request, place.state, place.event_id)
    state, because = State(place.state), ledger.withdrawn_because(place.event_id)
    response = HttpResponse(
        closed_ninjs(place.event_id, state, because, base_url=settings.BASE_URL),
        status=451 if state is State.LEGAL else 410, content_type=MEDIA_TYPE,
    )  # fmt: skip
    response.headers["Cache-Control"] = CACHE_CONTROL
    return response


def _show(request: HttpRequest, place: Place, suffix: str) -> HttpResponse:
    if place.state != State.PUBLISHED:
        return _closed(request, place, suffix)
    if place.version is None:
        return not_found(request)
    chosen = suffix or _negotiated(request)
    related = queries.related_state(place.event_id)
    beside = event_neighbours(place, chosen)
    headers = {} if suffix else {"Vary": "Accept"}
    page = href(place.path, ".html")
    headers["Link"] = (
        f'{links_of(page)}, <{absolute(href(place.path, ".ninjs"))}>; rel="alternate"; type="{MEDIA_TYPE}"'
        if chosen == "html"
        else f'<{absolute(page)}>; rel="canonical"'
    )
    return answer(
        request,
        etag=event_etag(place, chosen, related, beside),
        content_type=_TYPES[chosen],
        make=lambda: _make(place, chosen, beside),
        key=f"event {place.event_id} {chosen}",
        modified=max(filter(None, (place.written_at, related.changed_at)), default=None),
        headers=headers,
    )


def event_neighbours(place: Place, chosen: str) -> list[Neighbours]:
    """The events beside it in its contexts, which its page for readers alone shows; at most one query."""
    return contexts.neighbours_in_contexts(place.event_id) if chosen == "html" else []


def event_etag(
    place: Place, chosen: str, related: queries.RelatedState, beside: Collection[Neighbours]
) -> str:
    """The validator of the event's page in the format *chosen*."""
    return etag_of(
        place.event_id,
        chosen,
        place.version,
        place.related_version,
        place.written_at,
        related.rows,
        place.previous,
        place.next,
        [tuple(row) for row in beside],
    )


def _negotiated(request: HttpRequest) -> str:
    """The format that ``Accept`` prefers; HTML where it names none of ours."""
    if request.META.get("HTTP_ACCEPT", "*/*") == "*/*":
        return "html"
    return _BY_MEDIA_TYPE.get(request.get_preferred_type(list(_BY_MEDIA_TYPE)) or "", "html")


def _make(place: Place, chosen: str, beside: Collection[Neighbours]) -> str | bytes:
    body = queries.bodies([place.event_id]).get(place.event_id)
    if body is None:
        raise Http404  # withdrawn since its state was read
    related = queries.related_of([place.event_id]).get(place.event_id, [])
    return write_event(place, chosen, body, related, beside)


def write_event(
    place: Place, chosen: str, body: str, related: list[dict[str, Any]], beside: Collection[Neighbours]
) -> str | bytes:
    """The event's page in the format *chosen*, made of its stored document *body* and what stands around it.

    *related*: its related links; *beside*: the events beside it in its contexts.
    """
    if chosen in REFERENCES:
        write = bibtex if chosen == "bib" else ris
        return write(json.loads(body), base_url=settings.BASE_URL, site=settings.SITE_NAME)
    if chosen == "json":
        return detail_json(body, related)
    event = detail(body, related)
    if chosen == "md":
        return event_markdown(event)
    if chosen == "xml":
        return event_xml(event)
    if chosen == "ninjs":
        return event_ninjs(event, base_url=settings.BASE_URL)
    shown = event_context(event, place.previous, place.next, beside)
    return render("public/event.html", event["edition"], shown)


def event_context(
    event: dict[str, Any],
    previous: dt.date | None,
    following: dt.date | None,
    beside: Collection[Neighbours] = (),
) -> dict[str, Any]:
    """What the template prints of the detail answer *event*: ready words and links only."""
    edition, address = event["edition"], href(event["address"])
    history = href(event["address"], "/history/")
    said = words(edition)
    lead = event["lead_context"]
    return {
        "title": headline(event["text"], 90),
        "description": headline(event["summary"] or event["text"], 200),
        "canonical": absolute(f"{address}.html"),
        "alternates": alternates(address),
        "ld": script_data(news_article(event, base_url=settings.BASE_URL, site=settings.SITE_NAME)),
        "date": date_link(edition, event["date"]),
        "previous": date_link(edition, previous),
        "next": date_link(edition, following),
        "lead": {"href": href(lead["path"]), "name": name(lead["name"])} if lead else None,
        "text": ready(event["text"]),
        "long": len(event["text"]) > (_LONG_CJK if EDITIONS[edition].cjk else _LONG),
        "summary": event["summary"] and ready(event["summary"]),
        "summary_by": event["summary_by"] or said["the_source"],
        "contexts": _contexts(event, beside),
        "citations": [shown_citation(row, event["summary"]) for row in event["citations"]],
        "own_words": any(row.get("title") or row.get("description") for row in event["citations"]),
        "related": [_related(edition, row) for row in for_readers(event["related"])],
        "corrections": [
            {
                "grade": grade_word(edition, row["grade"]),
                "at": moment(row["at"]),
                "on": day_words(edition, dt.date.fromisoformat(row["at"][:10])),
                "note": row["note"],
                "revision": row["revision"],
                "href": f"{history}#revision-{row['revision']}",
            }
            for row in event["corrections"]
        ],
        "provenance": [
            {"name": row["name"], "at": moment(row["harvested"]), "on": row["harvested"][:10]}
            for row in event["provenance"]
        ],
        "licence": [{**row, "url": web(row["url"])} for row in event["licence"]],
        "former": [href(path, ".html") for path in event["former_addresses"]],
        "history": history,
        "cite": _cite(event),
        "references": [
            {"href": f"{address}.{suffix}", "type": said.partition(";")[0], "label": label}
            for (suffix, said), label in zip(REFERENCES.items(), ("BibTeX", "RIS"), strict=True)
        ],
        "short": f"/e/{event['id']}",
        "report_href": f"/report/{event['id']}/",
        "revision": event["revision"],
        "updated": {"at": moment(event["updated"]), "on": event["updated"][:10]},
    }


def _contexts(event: dict[str, Any], beside: Collection[Neighbours]) -> list[dict[str, Any]]:
    """The event's contexts, each with the steps to the events before and after it there."""
    by_context = {row.context_id: row for row in beside}

    def step(to: Beside | None) -> dict[str, str] | None:
        if to is None:
            return None
        on = day_words(event["edition"], dt.date.fromisoformat(to.date))
        return {"href": href(to.path, ".html"), "words": ready(on)}

    shown = []
    for row in event["contexts"]:
        there = by_context.get(row["id"])
        shown.append(
            {
                "href": href(row["path"]),
                "name": name(row["name"]),
                "previous": step(there.previous) if there else None,
                "next": step(there.following) if there else None,
            }
        )
    return shown


def _cite(event: dict[str, Any]) -> list[dict[str, str]]:
    on = day_words(event["edition"], dt.date.fromisoformat(event["date"]))
    site: dict[str, str] = {"base_url": settings.BASE_URL, "site": settings.SITE_NAME}
    return [
        {"label": "", "text": plain_citation(event, on=on, **site)},
        {"label": "Wikipedia", "text": wikipedia_citation(event, **site)},
        {"label": "BibTeX", "text": bibtex(event, **site)},
    ]


def _related(edition: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "href": href(row["address"], ".html"),
        "text": ready(row["text"]),
        "iso": row["date"],
        "on": day_words(edition, dt.date.fromisoformat(row["date"])),
        "story": ready(row["reason"]["story"]),
        "shared": ready(", ".join(row["reason"]["contexts"])),
        "words": ready(", ".join(words_shared(row["reason"]))),
        "pinned": row["pinned"],
        "note": row["note"],
    }
